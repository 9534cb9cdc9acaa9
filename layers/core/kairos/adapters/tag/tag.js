// The script tag: tells what a visitor does, once they agreed. docs/tag.md describes it from outside.
(function (settings, win, doc) {
  "use strict";
  if (win.kairos) return;
  const nav = win.navigator, place = win.location, marks = (doc.currentScript || {}).dataset || {};
  // Who asks by Global Privacy Control not to be followed is not, whatever else is said.
  const refused = nav.globalPrivacyControl === true;
  const PREFIX = "kairos.", VISIT = 18e5, MOST_KEPT = 300, MOST_SENT = 100, MOST_SIZE = 2e4, MOST_OF_ONE = 1e5,
    DAY = 864e5;
  const memory = {}, held = [], waiting = {};
  let view, since = 0, shown = 0, told = 0, said = 0, timer, busy, beaconed, pause = 2e3, restored;

  // A mistake of ours, or in what a shop hands over, must not stop the shop's own script.
  const safely = call => (...all) => {
    try {
      return call(...all);
    } catch {}
  };
  const on = (target, name, call, more) => target.addEventListener(name, safely(call), more);

  // ---- What is kept in the browser: nothing before consent, see keep and allowed.
  const get = name => {
    try {
      const found = win.localStorage.getItem(PREFIX + name);
      return found === null ? memory[name] : found;
    } catch {
      return memory[name];
    }
  };
  const put = (name, text) => {
    delete memory[name];
    try {
      if (text === null) win.localStorage.removeItem(PREFIX + name);
      else win.localStorage.setItem(PREFIX + name, text);
    } catch {
      if (text !== null) memory[name] = text;
    }
  };
  const names = start => {
    let all = Object.keys(memory);
    try {
      all = all.concat(Object.keys(win.localStorage).filter(one => one.startsWith(PREFIX)).map(one => one.slice(7)));
    } catch {}
    return all.filter(one => one.startsWith(start));
  };
  const cookie = (name, value) => {
    const secure = place.protocol === "https:" ? "; Secure" : "";
    doc.cookie = `${name}=${value}; Path=/; SameSite=Lax; Max-Age=${value ? 31536e3 : 0}${secure}`;
  };
  const uuid = () => win.crypto.randomUUID ? win.crypto.randomUUID() :
    Array.from(win.crypto.getRandomValues(new Uint8Array(16)), one => one.toString(16).padStart(2, "0")).join("");
  const parsed = text => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };
  const allowed = () => !refused && get("yes") > 0;
  const visitor = () => {
    let id = get("visitor") || (doc.cookie.match(/(?:^|; )kairos_visitor=([^;]*)/) || [])[1] || "";
    if (!/^[\w.:-]{16,128}$/.test(id)) id = uuid();
    put("visitor", id);
    return id;
  };

  // ---- Sending: what was not certainly received stays, and is sent again; its ids keep it from counting twice.
  const pending = () => {
    const taken = {}, body = { visitor: visitor(), sent_at: new Date().toISOString(), events: [] };
    let size = 0;
    for (const name of names("e.")) {
      const text = get(name), event = parsed(text);
      if (!event || text.length > MOST_OF_ONE) put(name, null);
      else if (!size || body.events.length < MOST_SENT && size + text.length < MOST_SIZE) {
        size += text.length;
        taken[name] = text;
        body.events.push(event);
      }
    }
    for (const part of ["cart", "identify", "push"]) {
      const text = get("p." + part);
      if (text) {
        taken["p." + part] = text;
        body[part] = parsed(text);
      }
    }
    return [taken, JSON.stringify(body)];
  };
  const received = taken => {
    for (const name in taken) if (get(name) === taken[name]) put(name, null);
  };
  const flush = leaving => {
    if (!allowed() || busy && !leaving) return;
    const [taken, body] = pending(), content = JSON.stringify(taken);
    if (content === "{}") return;
    if (leaving) {
      // Nobody confirms a beacon: what it carried is sent with the next page's batch once more.
      if (content !== beaconed && nav.sendBeacon && nav.sendBeacon(settings.url, body)) beaconed = content;
      return;
    }
    busy = true;
    // Browsers refuse to outlive the page with more than 64 KiB; a letter may take three bytes.
    const keepalive = body.length < MOST_SIZE;
    win.fetch(settings.url, { method: "POST", body, credentials: "omit", keepalive }).then(answer => {
      const status = answer.status;
      if (answer.ok || status === 400 || status === 413) {
        received(taken);
        pause = 2e3;
        return 1;
      }
    }).catch(() => 0).then(done => {
      busy = false;
      if (!done) pause = Math.min(pause * 2, 12e4);
      if (names("e.").length || names("p.").length) later();
    });
  };
  const later = soon => {
    if (soon) {
      win.clearTimeout(timer);
      timer = 0;
    }
    timer = timer || win.setTimeout(() => {
      timer = 0;
      flush();
    }, soon ? 200 : pause);
  };

  // ---- Events.
  const agent = nav.userAgent, is = pattern => pattern.test(agent);
  const device = is(/iPad/) || is(/Macintosh/) && nav.maxTouchPoints > 1 ? "tablet" :
    is(/iPhone|iPod/) ? "phone" : is(/Android/) ? is(/Mobile/) ? "phone" : "tablet" :
    is(/Macintosh/) ? "mac" : is(/Windows/) ? "windows" : is(/Linux|CrOS/) ? "linux" : undefined;
  const keep = event => {
    if (!allowed()) {
      if (held.length < MOST_SENT && !held.includes(event)) held.push(event);
    } else if (get("e." + event.id) || names("e.").length < MOST_KEPT) {
      put("e." + event.id, JSON.stringify(event));
      put("seen", String(Date.now()));
      later();
    }
  };
  const tell = (kind, target, more) => {
    if (refused || told++ > 500 || !target && kind !== "chat") return;
    const event = { id: uuid(), kind, at: new Date().toISOString(), device, ...more };
    if (target) event.target = String(target).slice(0, 2e3);
    keep(event);
    return event;
  };
  const keepPart = (part, value) => {
    if (!allowed()) waiting[part] = value;
    else {
      put("p." + part, JSON.stringify(value));
      later(true);
    }
  };

  // ---- Page views, with the time for which they were visible.
  const clean = address => {
    try {
      const url = new URL(address || place.href, place.href);
      return url.origin + url.pathname;
    } catch {
      return place.origin + place.pathname;
    }
  };
  const look = () => {
    if (doc.visibilityState === "visible") since = since || win.performance.now();
  };
  const lookAway = () => {
    if (!view || !since) return;
    shown += win.performance.now() - since;
    since = 0;
    view.seconds = Math.min(Math.round(shown / 1e3), 86400);
    keep(view);
  };
  const page = address => {
    lookAway();
    const asked = new URLSearchParams(place.search), fields = {};
    const from = doc.referrer && new URL(doc.referrer).host;
    if (!(Date.now() - get("seen") < VISIT)) {
      fields.landing = "1";
      if (from && from !== place.host) fields.referrer = from;
      for (const name of ["utm_source", "utm_medium", "utm_campaign"])
        if (asked.get(name)) fields[name] = asked.get(name).slice(0, 500);
    }
    shown = 0;
    view = tell("page", clean(address), fields.landing ? { fields } : {});
    look();
  };

  // ---- Cart: told whole, and as what was put in or taken out since the last telling.
  const amounts = lines => {
    const all = {};
    for (const one of lines) all[one.product_id] = (all[one.product_id] || 0) + Number(one.quantity || 0);
    return all;
  };
  const restoring = lines => {
    const shopify = settings.platform === "shopify";
    const list = lines.slice(0, 50).map(one => (shopify ? one.variant_id || one.product_id :
      one.product_id + (one.variant_id ? "." + one.variant_id : "")) + ":" + one.quantity);
    return place.origin + (shopify ? "/cart/" : "/?kairos_restore=") + list.join(",");
  };
  const cart = wish => {
    if (refused) return;
    if (!allowed()) {
      waiting.wish = wish || {};
      return;
    }
    const lines = (wish || {}).lines || [], last = parsed(get("cart")) || { lines: [] };
    const { currency, total, step = last.step || "cart" } = wish || {};
    const content = { currency, total, lines, step };
    if (JSON.stringify(content) === last.content || !lines.length && !last.lines.length) return;
    const before = amounts(last.lines), after = amounts(lines);
    for (const one in { ...before, ...after }) {
      const change = (after[one] || 0) - (before[one] || 0);
      if (change) tell("cart", one, { stage: change > 0 ? "added" : "removed" });
    }
    const id = (wish || {}).id || last.id || uuid();
    const now = { ...content, id, at: new Date().toISOString(), currency: currency || last.currency };
    if (lines.length) now.restore_url = wish.restore_url || restoring(lines);
    put("cart", lines.length ? JSON.stringify({ ...now, content: JSON.stringify(content) }) : null);
    cookie("kairos_cart", lines.length ? id : "");
    keepPart("cart", now);
  };
  const step = name => {
    tell("checkout_step", name, { stage: name });
    const last = allowed() && parsed(get("cart"));
    if (last && last.step !== name) {
      const { lines, id, currency, total, restore_url } = last;
      cart({ lines, id, currency, total, restore_url, step: name });
    }
  };

  // ---- Who it is.
  const identify = who => {
    if (refused) return;
    if (!who) {
      const yes = get("yes");
      if (yes) {
        flush(true);
        forget();
        put("yes", yes);
        cookie("kairos_visitor", visitor());
      }
      return;
    }
    const { email, platform_id, phone, signature, link } = who;
    if (!allowed()) {
      if (!(waiting.who || {}).signature) waiting.who = who;
      return;
    }
    const text = JSON.stringify({ email, platform_id, phone, signature, link });
    const known = parsed(get("who")) || {}, proven = (parsed(known.text) || {}).signature;
    // What is proven is not claimed afterwards; the same is told once a day.
    if (text === known.text && Date.now() - known.at < DAY || !signature && proven) return;
    put("who", JSON.stringify({ text, at: Date.now() }));
    keepPart("identify", { ...parsed(text), at: new Date().toISOString() });
  };

  // ---- Consent.
  const forget = () => {
    for (const name of names("")) put(name, null);
    cookie("kairos_visitor", "");
    cookie("kairos_cart", "");
    held.length = 0;
    for (const name in waiting) delete waiting[name];
  };
  const begin = () => {
    cookie("kairos_visitor", visitor());
    held.splice(0).forEach(keep);
    const { wish, who } = waiting;
    delete waiting.wish;
    delete waiting.who;
    if (wish) cart(wish);
    if (who) identify(who);
    later();
  };
  // by: 1 a platform, 2 the page, after whose word no platform is heard while it is shown.
  const answered = (yes, by) => {
    if (refused || by < said) return;
    said = by;
    if (!yes) {
      if (by > 1 || get("yes") === "1") forget();
    } else if (!(get("yes") >= by)) {
      put("yes", String(by));
      begin();
    }
  };
  const listen = () => {
    if (marks.consent) return;
    const asked = () => {
      const privacy = (win.Shopify || {}).customerPrivacy;
      if (privacy && privacy.analyticsProcessingAllowed)
        answered(privacy.analyticsProcessingAllowed() && privacy.marketingAllowed(), 1);
      // Without a type of consent it says yes to all; which one holds here a banner may have to look up first.
      if (win.wp_has_consent && (win.wp_consent_type || !win.waitfor_consent_hook && win.wp_fallback_consent_type))
        answered(win.wp_has_consent("statistics") && win.wp_has_consent("marketing"), 1);
    };
    asked();
    for (const name of ["visitorConsentCollected", "wp_listen_for_consent_change", "wp_consent_type_defined"])
      on(doc, name, () => win.setTimeout(safely(asked)));
    on(win, "load", asked);
    if ((win.Shopify || {}).loadFeatures)
      win.Shopify.loadFeatures([{ name: "consent-tracking-api", version: "0.1" }], wrong => wrong || asked());
    if (win.__tcfapi) win.__tcfapi("addEventListener", 2, safely((data, fine) => {
      const may = ((data || {}).publisher || {}).consents || {};
      // To store, to make a profile for content, to measure content: the shop's own purposes, not a vendor's.
      if (fine && /^(tcloaded|useractioncomplete)$/.test(data.eventStatus))
        answered(data.gdprApplies === false || may[1] && may[5] && may[8], 1);
    }));
  };

  // ---- Notifications: the worker has to come from the shop's own site, so that the shop names it.
  const notify = async ({ wording, language } = {}) => {
    const proven = parsed((parsed(get("who")) || {}).text) || {}, workers = nav.serviceWorker;
    if (!allowed() || !proven.signature || !settings.push || !marks.worker || !workers || !win.PushManager)
      return "unavailable";
    if (await win.Notification.requestPermission() !== "granted") return "denied";
    await workers.register(marks.worker);
    const { pushManager } = await workers.ready;
    const made = await pushManager.getSubscription() ||
      await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: settings.push });
    const { endpoint, keys } = made.toJSON();
    put("p.identify", JSON.stringify(proven));
    keepPart("push", { endpoint, ...keys, wording, language, at: new Date().toISOString() });
    return "on";
  };

  // ---- What the page shows, where that is sure: its marks, else what the platform writes into every page.
  const found = (pattern, text) => (text.match(pattern) || [])[1];
  const readPage = () => {
    const classes = doc.body.className, path = place.pathname, asked = new URLSearchParams(place.search);
    const rules = {
      woocommerce: () => [/\bsingle-product\b/.test(classes) && found(/\bpostid-(\d+)/, classes),
        /\btax-product_cat\b/.test(classes) && found(/\bterm-(\d+)/, classes)],
      prestashop: () => [found(/\bproduct-id-(\d+)/, classes), found(/\bcategory-id-(\d+)/, classes)],
      magento: () => [(doc.querySelector("#product_addtocart_form [name=product]") || {}).value],
      shopify: () => [(((win.ShopifyAnalytics || {}).meta || {}).product || {}).id],
    };
    const [product, category] = (rules[settings.platform] || (() => [linked()]))();
    const query = /search/i.test(path + classes) && (asked.get("q") || asked.get("s"));
    tell("product", marks.product || product);
    tell("category", marks.category || category);
    tell("search", marks.search || query);
    if (marks.step) step(marks.step);
  };
  const linked = () => {
    for (const one of doc.querySelectorAll('script[type="application/ld+json"]')) {
      const all = [].concat((parsed(one.textContent) || {})["@graph"] || parsed(one.textContent) || []);
      const product = all.find(each => each["@type"] === "Product" && each.productID);
      if (product) return product.productID;
    }
  };

  // ---- Forms that the shop marks, and addresses that are typed into them.
  const form = (name, stage) => tell("form", name, { stage });
  const watchForms = () => {
    const begun = new Set(), of = one => one && one.closest && one.closest("form[data-kairos-form]");
    on(doc, "focusin", event => {
      const one = of(event.target);
      if (one && !begun.has(one)) {
        begun.add(one);
        form(one.dataset.kairosForm, "started");
      }
    });
    on(doc, "submit", event => {
      const one = of(event.target);
      if (!one) return;
      form(one.dataset.kairosForm, "sent");
      const field = "kairosIdentify" in one.dataset && one.querySelector("[type=email]");
      if (field && field.value) identify({ email: field.value });
    }, true);
    on(doc, "change", event => {
      const one = event.target, woo = settings.platform === "woocommerce" && one.id === "billing_email";
      if (("kairosEmail" in one.dataset || woo) && one.value && one.checkValidity()) identify({ email: one.value });
    });
    if (!win.IntersectionObserver) return;
    const watch = new IntersectionObserver(all => {
      for (const one of all) if (one.isIntersecting) {
        watch.unobserve(one.target);
        form(one.target.dataset.kairosForm, "seen");
      }
    });
    doc.querySelectorAll("form[data-kairos-form]").forEach(one => watch.observe(one));
  };

  // ---- Links of mails: who reads it, and which cart it brings back.
  const link = () => {
    const url = new URL(place.href), id = url.searchParams.get("kairos_id");
    const lines = url.searchParams.get("kairos_restore");
    if (lines) restored = lines.split(",").slice(0, 50).map(one => {
      const [ids, quantity] = one.split(":"), [product_id, variant_id] = ids.split(".");
      return { product_id, variant_id, quantity: Math.max(1, Math.min(99, parseInt(quantity, 10) || 1)) };
    });
    if (!id) return;
    // Whoever copies the address shall not pass on whose mail it came from.
    url.searchParams.delete("kairos_id");
    win.history.replaceState(win.history.state, "", url);
    identify({ link: id });
  };

  const api = {
    version: settings.version,
    consent: yes => answered(yes === true, 2),
    track: (name, fields) => {
      const texts = {};
      for (const one of Object.keys(fields || {}).slice(0, 20)) texts[one] = String(fields[one]).slice(0, 500);
      tell("event", name, { fields: texts });
    },
    chat: name => tell("chat", name),
    product: id => tell("product", id),
    category: id => tell("category", id),
    search: query => tell("search", query),
    restore: back => restored && back(restored),
    visitor: () => allowed() ? visitor() : null,
    page, cart, step, form, identify, notify,
  };
  for (const name in api) if (name !== "version") api[name] = safely(api[name]);
  win.kairos = api;

  const start = safely(() => {
    if (marks.consent === "denied") answered(false, 2);
    if (marks.consent === "granted") answered(true, 2);
    if (allowed()) cookie("kairos_visitor", visitor());
    if (refused && names("").length) forget();
    const queued = () => [].concat(win.kairosq || []), run = safely(([name, ...rest]) => api[name](...rest));
    // Before any platform is asked.
    const early = queued().filter(one => one && one[0] === "consent");
    early.forEach(run);
    listen();
    link();
    page();
    readPage();
    const { email, platformId, phone, signature } = marks;
    if (signature) identify({ email, platform_id: platformId, phone, signature });
    if (marks.cart) cart(parsed(marks.cart));
    watchForms();
    const rest = queued().filter(one => !early.includes(one));
    win.kairosq = { push: (...all) => all.forEach(run) };
    rest.forEach(run);
    on(doc, "visibilitychange", () => {
      if (doc.visibilityState === "visible") return look();
      lookAway();
      flush(true);
    });
    on(win, "pagehide", () => {
      lookAway();
      flush(true);
    });
    on(win, "pageshow", look);
    doc.dispatchEvent(new Event("kairos"));
    if (allowed() && names("p.").length + names("e.").length) later();
  });
  const ready = () => doc.readyState === "loading" ? on(doc, "DOMContentLoaded", start) : start();
  if (doc.prerendering) on(doc, "prerenderingchange", ready, { once: true });
  else ready();
})(__SETTINGS__, window, document);
