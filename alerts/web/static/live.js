// Keeps an open page true: hears of new alerts by server-sent events, asks for its own page again, swaps in what changed.
// Sends nothing and keeps nothing but two switches. Without it every page still works, by reloading.
"use strict";

const SILENT_AFTER = 40000; // the server pings every 15 s; a connection that says nothing for longer is dead
const REST_AFTER = 60000;
const REFRESH_EVERY = 800;
const SEEN_KEPT = 500;

const body = document.body;
const seen = new Set(body.dataset.seen.split(" ").filter(Boolean).map(Number));
let last = Number(body.dataset.after);

// ---- connection

const link = document.getElementById("link");
const LINK_WORDS = { off: "Not live", joining: "Connecting", live: "Live", lost: "Reconnecting" };
let source, silence, rejoining, wait = 1000;

function say(state) {
  link.dataset.state = state;
  link.textContent = LINK_WORDS[state];
}

function heard() {
  wait = 1000;
  say("live");
  clearTimeout(silence);
  silence = setTimeout(lose, SILENT_AFTER);
}

function leave(state) {
  source.close();
  clearTimeout(silence);
  clearTimeout(rejoining);
  say(state);
}

function lose() {
  leave("lost");
  rejoining = setTimeout(connect, wait);
  wait = Math.min(wait * 2, 30000);
}

function connect() {
  source = new EventSource(`/events?after=${last}`);
  source.addEventListener("ready", heard);
  source.addEventListener("ping", heard);
  source.addEventListener("reset", (event) => { heard(); last = Number(event.data); refresh(); });
  source.addEventListener("alert", (event) => { heard(); take(JSON.parse(event.data)); });
  source.onerror = lose; // ours, not the browser's: it gives up for good on a 502
}

// Without HTTP/2 a browser opens six connections to a desk, no more. Pages out of sight give theirs back, but for
// one that listens for all of them where sound or notifications are on.
let resting, release = () => {};

document.addEventListener("visibilitychange", () => {
  clearTimeout(resting);
  release();
  if (document.hidden) resting = setTimeout(rest, REST_AFTER);
  else if (source.readyState === EventSource.CLOSED) { leave("joining"); connect(); }
});

async function rest() {
  if ((sound.on || notify.on) && await isListener()) return;
  if (document.hidden) leave("off");
}

function isListener() {
  if (!navigator.locks) return true; // not on localhost and without TLS
  return new Promise((answer) => {
    navigator.locks.request("claimwire-listener", { ifAvailable: true }, (lock) => {
      answer(lock !== null);
      return lock && new Promise((done) => { release = done; });
    });
  });
}

// ---- alerts

function take(alert) {
  last = Math.max(last, alert.sequence);
  if (seen.has(alert.sequence)) return;
  seen.add(alert.sequence);
  if (seen.size > SEEN_KEPT) seen.delete(seen.values().next().value);
  announce(alert);
  refresh();
}

const announcer = document.getElementById("announcer");
let waiting = [];

function announce(alert) {
  waiting.push(alert);
  if (waiting.length > 1) return;
  setTimeout(() => {
    const [first, many] = [waiting[0], waiting.length];
    waiting = [];
    const words = many === 1 ? `${first.headline}. ${first.reason}.` : `${many} new alerts. ${first.headline}.`;
    announcer.textContent = words;
    if (sound.on) beep();
    if (notify.on && document.hidden) notification(first, many, words);
  }, 1200);
}

// ---- the page, again

let refreshing = false, again = false;

async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  try {
    const answer = await fetch(location.href.split("#")[0], { headers: { accept: "text/html" } });
    if (answer.ok) renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch { /* the connection's state says it; the next event tries again */ }
  await new Promise((done) => setTimeout(done, REFRESH_EVERY));
  refreshing = false;
  if (again) { again = false; refresh(); }
}

function renew(fresh) {
  for (const region of document.querySelectorAll("[data-live]")) {
    const now = fresh.querySelector(`[data-live="${region.dataset.live}"]`);
    if (now) renewRegion(region, now);
  }
}

function renewRegion(region, now) {
  const list = region.querySelector(":scope > ol") || region;
  const nowList = now.querySelector(":scope > ol") || now;
  const keyed = [...nowList.children].every((item) => item.dataset.key) && [...list.children].every((item) => item.dataset.key);
  if (keyed && list.tagName === nowList.tagName) renewList(list, nowList);
  else if (!same(region, now)) region.replaceChildren(...now.childNodes);
}

function renewList(list, now) {
  const old = new Map([...list.children].map((item) => [item.dataset.key, item]));
  let place = list.firstElementChild;
  for (const item of [...now.children]) {
    const was = old.get(item.dataset.key);
    old.delete(item.dataset.key);
    if (was && same(was, item)) {
      if (was === place) place = was.nextElementSibling;
      else list.insertBefore(was, place);
      continue;
    }
    item.classList.add("arrived");
    if (!was) { list.insertBefore(item, place); continue; }
    if (was === place) place = was.nextElementSibling;
    keepOpen(was, item);
    const focused = was.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    was.remove();
    list.insertBefore(item, place);
    if (focused) item.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
  for (const gone of old.values()) gone.remove();
}

function same(one, other) {
  return plain(one) === plain(other);
}

function plain(item) {
  const copy = item.cloneNode(true);
  copy.classList.remove("arrived");
  if (!copy.classList.length) copy.removeAttribute("class");
  for (const details of copy.querySelectorAll("details")) details.open = false;
  return copy.outerHTML;
}

function keepOpen(was, item) {
  for (const details of was.querySelectorAll("details[open]")) {
    const now = item.querySelector(`details[data-key="${details.dataset.key}"]`);
    if (now) now.open = true;
  }
}

// ---- sound and notifications: off until somebody turns them on

function makeSwitch(id, allow) {
  const button = document.getElementById(id);
  const one = { on: localStorage.getItem(id) === "on" };
  const show = () => button.setAttribute("aria-pressed", String(one.on));
  button.addEventListener("click", async () => {
    one.on = !one.on && await allow();
    localStorage.setItem(id, one.on ? "on" : "off");
    show();
  });
  button.hidden = false;
  show();
  return one;
}

function beep() {
  const context = new AudioContext();
  const volume = context.createGain();
  volume.gain.setValueAtTime(0.12, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.5);
  volume.connect(context.destination);
  for (const [pitch, start] of [[660, 0], [880, 0.12]]) {
    const tone = context.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(volume);
    tone.start(context.currentTime + start);
    tone.stop(context.currentTime + start + 0.3);
  }
  setTimeout(() => context.close(), 1000);
}

function notification(alert, many, words) {
  const shown = new Notification(many === 1 ? alert.headline : `${many} new alerts`, { body: words, tag: "claimwire" });
  shown.onclick = () => { window.focus(); location.href = alert.url; };
}

const sound = makeSwitch("sound", async () => { beep(); return true; });
const notify = "Notification" in window
  ? makeSwitch("notify", async () => await Notification.requestPermission() === "granted")
  : { on: false };

// ---- the clock

const clock = document.getElementById("clock");

function tick() {
  clock.textContent = `${new Date().toISOString().slice(11, 16)} UTC`;
  setTimeout(tick, 60000 - Date.now() % 60000);
}

tick();
say("joining");
connect();
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => { if (event.persisted) { connect(); refresh(); } });
