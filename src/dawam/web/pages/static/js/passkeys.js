"use strict";
// A form with data-passkey asks the browser for a passkey, puts what it says into `credential` and goes.
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const letters = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const asked = (options) => {
    const asks = { ...options, challenge: bytes(options.challenge) };
    if (options.user) asks.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (options[list]) asks[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
    }
    return asks;
  };

  const said = (credential) => {
    const response = { clientDataJSON: letters(credential.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      const value = credential.response[part];
      if (value && value.byteLength) response[part] = letters(value);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: letters(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: {},
    });
  };

  const options = async (form) => {
    const answer = await fetch(form.dataset.options, {
      method: "POST",
      headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang },
      body: new URLSearchParams({ csrf: form.elements.csrf.value }),
    });
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(body.code), { told: `${body.detail} ${body.action || ""}` });
    return asked(body);
  };

  const wordsFor = (error, texts) => {
    if (error.told) return error.told;
    if (error.name === "InvalidStateError") return texts.known;
    if (error.name === "SecurityError") return texts.foreign;
    return error instanceof TypeError ? texts.lost : texts.cancelled;
  };

  const go = async (form) => {
    const problem = form.querySelector("[data-passkey-problem]");
    const button = form.querySelector("button");
    problem.hidden = true;
    button.disabled = true;
    try {
      const publicKey = await options(form);
      const credential =
        form.dataset.passkey === "add"
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
      form.elements.credential.value = said(credential);
      HTMLFormElement.prototype.submit.call(form);
    } catch (error) {
      problem.textContent = wordsFor(error, problem.dataset);
      problem.hidden = false;
      button.disabled = false;
      button.focus();
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!("PublicKeyCredential" in window)) {
      const missing = form.parentElement.querySelector("[data-passkey-missing]");
      if (missing) missing.hidden = false;
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go(form);
    });
  }
})();
