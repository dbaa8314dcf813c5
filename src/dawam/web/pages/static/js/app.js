"use strict";
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf"]');
  if (token) event.detail.headers["X-CSRF-Token"] = token.content;
});
