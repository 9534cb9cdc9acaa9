// The shop's own consent banner: it keeps the answer, and tells the script tag.
const banner = document.getElementById("consent");
for (const button of document.querySelectorAll("[data-answer]")) {
  button.onclick = () => {
    const yes = button.dataset.answer === "yes";
    document.cookie = `consent=${yes ? "yes" : "no"}; Path=/; SameSite=Lax; Max-Age=31536000`;
    (window.kairosq = window.kairosq || []).push(["consent", yes]);
    if (banner) banner.hidden = true;
  };
}
