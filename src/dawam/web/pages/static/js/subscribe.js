"use strict";
// Asks the browser for its push subscription and puts it into the form before it is sent.
(() => {
  const field = document.querySelector("input[data-push-key]");
  if (!field || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const form = field.form;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

  form.addEventListener(
    "submit",
    async (event) => {
      if (field.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      try {
        const worker = await navigator.serviceWorker.ready;
        const options = { userVisibleOnly: true, applicationServerKey: bytes(field.dataset.pushKey) };
        field.value = JSON.stringify(await worker.pushManager.subscribe(options));
      } catch {
        field.value = "{}"; // refused: the server says what to do next
      }
      form.requestSubmit();
    },
    { capture: true },
  );
})();
