"use strict";
// Subscribes this device: asks the browser once the form is sent, never before, and says what stands in the way.
(() => {
  const field = document.querySelector("input[data-push-key]");
  if (!field) return;
  const form = field.form;
  const say = (state) => {
    for (const one of form.querySelectorAll("[data-push]")) one.hidden = one.dataset.push !== state;
  };
  const able = isSecureContext && ["serviceWorker", "PushManager", "Notification"].every((one) => one in window || one in navigator);
  if (!able) {
    say("unsupported");
    form.querySelector("button").hidden = true;
    return;
  }
  if (Notification.permission === "denied") say("denied");

  const key = Uint8Array.from(atob(field.dataset.pushKey.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const isOurs = ({ options }) => String(new Uint8Array(options.applicationServerKey ?? [])) === String(key);

  const subscription = async () => {
    if ((await Notification.requestPermission()) !== "granted") throw new DOMException("", "NotAllowedError");
    await navigator.serviceWorker.register("/sw.js"); // fails where `ready` alone would wait for ever
    const { pushManager } = await navigator.serviceWorker.ready;
    const before = await pushManager.getSubscription();
    if (before && !isOurs(before)) await before.unsubscribe(); // of a key that we have no more
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  };

  form.addEventListener(
    "submit",
    async (event) => {
      if (field.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      try {
        field.value = JSON.stringify(await subscription());
        form.requestSubmit();
      } catch (error) {
        say(error.name === "NotAllowedError" ? "denied" : "failed");
      }
    },
    { capture: true },
  );

  // A device that was subscribed before is offered what it gets.
  const offer = async () => {
    const known = document.querySelector("[data-push-known]");
    const worker = await navigator.serviceWorker.getRegistration();
    const before = await worker?.pushManager.getSubscription();
    if (!before) return;
    known.querySelector("input[name=address]").value = JSON.stringify(before);
    known.hidden = false;
  };
  offer().catch(() => {});
})();
