// What HTML can't do by itself: copying a text, and saying whom a live part has lost.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  navigator.clipboard.writeText(from.value ?? from.textContent).then(() => {
    button.textContent = button.dataset.done;
  });
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// A file goes to its address by itself; the form follows once it has arrived.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const failed = form.querySelector("[data-failed]");
  const meter = form.querySelector("[data-meter]");
  const sending = new XMLHttpRequest();
  const missed = () => {
    failed.hidden = false;
    meter.hidden = true;
    button.disabled = false;
  };
  sending.upload.addEventListener("progress", (told) => {
    if (told.lengthComputable) meter.querySelector("progress").value = (100 * told.loaded) / told.total;
  });
  sending.addEventListener("load", () => (sending.status < 300 ? form.submit() : missed()));
  sending.addEventListener("error", missed);
  failed.hidden = true;
  meter.hidden = false;
  button.disabled = true;
  sending.open("PUT", form.dataset.upload);
  // Without its own type: the address was signed for none.
  sending.send(new Blob([form.querySelector("input[type=file]").files[0]]));
});

// A session that ended while a page was open: the whole page goes to the sign-in, not a part of it.
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) window.location.reload();
  const notice = document.getElementById("lost");
  if (notice && status >= 500) notice.hidden = false;
});
document.addEventListener("htmx:sendError", () => {
  const notice = document.getElementById("lost");
  if (notice) notice.hidden = false;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const notice = document.getElementById("lost");
  if (notice && event.detail.successful) notice.hidden = true;
});

// After a part of a rule came, went or changed: on with the keyboard where the hand was.
document.body.addEventListener("rebuilt", (event) => {
  const at = document.getElementById(event.detail.focus);
  if (!at) return;
  const first = at.closest(".criterion")?.querySelector("input:not([type=hidden]), select");
  (first ?? at).focus();
});
