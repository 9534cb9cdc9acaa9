const box = document.getElementById("notify"), button = box.querySelector("button");
const { key, scope, language, ...words } = box.dataset, form = document.forms[0];
let tick = form?.querySelector("[name=channels][value=web_push]"), mine, busy;

const show = text => {
  button.textContent = mine ? words.off : words.on;
  box.lastChild.textContent = text;
  busy = false;
};

const tell = async (notifications, of) => {
  const { endpoint, keys } = of.toJSON();
  const body = new URLSearchParams({ notifications, language, endpoint, ...keys });
  const answer = await fetch("", { method: "POST", body });
  if (!answer.ok) throw answer;
  // Saving the form above must not undo it.
  if (form && !tick) {
    form.insertAdjacentHTML("beforeend", "<input type=checkbox name=channels value=web_push hidden>");
    tick = form.lastChild;
  }
  if (tick) tick.checked = (await answer.json()).notifications === "on";
};

const turn = async () => {
  if (mine) {
    await tell("off", mine);
    await mine.unsubscribe();
    mine = null;
    return words.isOff;
  }
  if (await Notification.requestPermission() !== "granted") return words.denied;
  const at = await workers.register("worker.js", { scope }), push = at.pushManager;
  const worker = at.installing || at.waiting;
  if (!at.active) await new Promise(go => worker.onstatechange = () => at.active && go());
  await (await push.getSubscription())?.unsubscribe();
  const made = await push.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await tell("on", made).catch(async () => { throw await made.unsubscribe(); });
  mine = made;
  return words.isOn;
};

button.onclick = () => busy ||= turn().catch(() => words.failed).then(show);

const workers = navigator.serviceWorker;
if (workers && window.PushManager) {
  const at = await workers.getRegistration(scope);
  if (at && (!form || tick?.defaultChecked)) mine = await at.pushManager.getSubscription();
  show(mine ? words.isOn : "");
  box.hidden = false;
}
