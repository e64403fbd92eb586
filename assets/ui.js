// What only a browser can do: language without a round trip, clocks, the clipboard, dialogs, typing money.
import { createElement as h, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { catalogues } from "./catalogues.js";
import { format } from "./format.js";

// ---- the language of this browser ----
const spoken = { id: format("id", catalogues.id), en: format("en", catalogues.en) };
const listeners = new Set();
const two = (n) => String(n).padStart(2, "0");
const stored = () => {
  try { return localStorage.getItem("lang") === "en" ? "en" : "id"; } catch { return "id"; }
};
let lang = typeof window === "undefined" ? "id" : stored();
const settle = () => {
  document.documentElement.lang = lang;
  delete document.documentElement.dataset.langPending;
};
const subscribe = (tell) => {
  listeners.add(tell);
  requestAnimationFrame(settle);
  return () => listeners.delete(tell);
};
const speak = (next) => {
  lang = next === "en" ? "en" : "id";
  settle();
  listeners.forEach((tell) => tell());
};
export const setLang = (next) => {
  try { localStorage.setItem("lang", next); } catch { /* private windows may refuse: the page still switches */ }
  speak(next);
};
export const useT = () => spoken[useSyncExternalStore(subscribe, () => lang, () => "id")];

// Whoever dictates to the machine, or hits keys by accident, must be able to switch single keys off.
const kept = () => {
  try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
};
let keys = typeof window === "undefined" || kept();
const obey = (on) => {
  keys = on;
  listeners.forEach((tell) => tell());
};
const useKeys = () => useSyncExternalStore(subscribe, () => keys, () => true);

if (typeof window !== "undefined") {
  // Another tab switched: follow it.
  addEventListener("storage", (e) => e.key === "lang" && speak(e.newValue));
  addEventListener("storage", (e) => e.key === "keys" && obey(kept()));
  // The framework announces a new version in English, outside React: say it in the reader's language.
  const translate = () => {
    const bar = document.getElementById("reflex-new-version-banner");
    if (!bar || bar.dataset.spoken) return;
    const t = spoken[lang];
    bar.dataset.spoken = lang;
    bar.firstChild.textContent = t("app.newversion");
    bar.lastChild.textContent = t("app.reload");
  };
  const watch = () => new MutationObserver(translate).observe(document.body, { childList: true });
  if (document.body) watch();
  else addEventListener("DOMContentLoaded", watch);
}

// ---- pieces ----
export const LangButton = ({ to, onPick, ...rest }) => {
  const t = useT();
  const pick = () => { setLang(to); onPick?.(to); };
  return h("button", { type: "button", "aria-pressed": t.lang === to, lang: to, onClick: pick, ...rest });
};

export const KeysButton = ({ to, ...rest }) => {
  const on = useKeys();
  const pick = () => {
    try { localStorage.setItem("keys", to); } catch { /* private windows may refuse: this page still obeys */ }
    obey(to === "on");
  };
  return h("button", { type: "button", "aria-pressed": on === (to === "on"), onClick: pick, ...rest });
};

const useTick = (ms, on = true) => {
  const [now, set] = useState(0);
  useEffect(() => {
    if (!on) return;
    set(Date.now());
    const id = setInterval(() => set(Date.now()), ms);
    return () => clearInterval(id);
  }, [ms, on]);
  return now;
};

export const Ago = ({ at, zone, ...rest }) => {
  const t = useT(), now = useTick(30000);
  return h("time", { dateTime: at, title: now ? t.when(at, zone) : undefined, ...rest }, now ? t.ago(at, now) : "");
};

export const Countdown = ({ until, onDone, ...rest }) => {
  const t = useT(), end = until ? Date.parse(until) : 0, [done, setDone] = useState(false);
  const now = useTick(1000, !!end && !done), left = now && end ? Math.max(0, Math.ceil((end - now) / 1000)) : null;
  const minutes = left === null ? null : Math.ceil(left / 60), fired = useRef(0);
  useEffect(() => setDone(false), [end]);
  useEffect(() => {
    if (left !== 0 || fired.current === end) return;
    fired.current = end;
    setDone(true);
    onDone?.();
  }, [left, end]);
  const hours = Math.floor(left / 3600), clock = `${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`;
  const face = left === null ? "--:--" : hours ? `${hours}:${clock}` : clock;
  // Read aloud at ten, five and one minute only: a clock that speaks every second is noise.
  const aloud = [10, 5, 1].includes(minutes) ? t("pay.minutes_left", { count: minutes }) : "";
  return h("span", rest,
    h("span", { role: "timer", "aria-label": t("pay.left_label"), className: "tnum",
      "data-soon": left !== null && left < 300 ? "" : undefined }, face),
    h("span", { className: "sr-only", role: "status" }, aloud));
};

// Nothing is told to the page when it has run out: the server asks the gateway by its own clock.
export const Ring = ({ until, windowS, wallet, ...rest }) => {
  const t = useT(), now = useTick(1000, !!until);
  const left = now ? Math.max(0, Math.ceil((Date.parse(until) - now) / 1000)) : null;
  const words = left === 0 ? t("ew.push_over", { wallet }) : t("ew.push", { wallet, count: left ?? windowS });
  const round = { cx: 60, cy: 60, r: 54, pathLength: 100 };
  return h("div", rest,
    h("div", { className: "push-face", role: "timer", "aria-label": t("pay.left_label") },
      h("svg", { viewBox: "0 0 120 120", "aria-hidden": true },
        h("circle", round),
        h("circle", { ...round, className: "push-left",
          strokeDasharray: `${Math.min(100, (100 * (left ?? windowS)) / windowS)} 100` })),
      h("span", { className: "tnum" }, left ?? "")),
    h("p", { className: "push-words" }, words),
    h("p", { className: "sr-only", role: "status" }, [30, 10, 0].includes(left) ? words : ""));
};

export const Patience = ({ now, later, afterS, ...rest }) => {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const id = setTimeout(setLong, afterS * 1000, true);
    return () => clearTimeout(id);
  }, [afterS]);
  return h("p", { role: "status", ...rest }, long ? later : now);
};

export const CopyButton = ({ text, label, ...rest }) => {
  const t = useT(), [copied, setCopied] = useState(false);
  const copy = async () => {
    try { await navigator.clipboard.writeText(String(text)); } catch {
      // Plain http and old browsers have no clipboard API.
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return h("button", { type: "button", onClick: copy, "aria-label": label, "data-copied": copied || undefined, ...rest },
    h("span", { role: "status" }, copied ? t("pay.copied") : t("pay.copy")));
};

export const Dialog = ({ open, onClose, children, ...rest }) => {
  const box = useRef(null);
  useEffect(() => {
    const d = box.current;
    if (open && !d.open) d.showModal();
    if (!open && d.open) d.close();
  }, [open]);
  const backdrop = (e) => e.target === box.current && box.current.close();
  return h("dialog", { onClose: () => open && onClose?.(), onClick: backdrop, ...rest, ref: box }, children);
};

export const Secret = ({ name, id, ...rest }) => {
  const t = useT(), [seen, setSeen] = useState(false);
  return h("div", { className: "secret" },
    h("input", { id, name, type: seen ? "text" : "password", className: "input", ...rest }),
    h("button", { type: "button", className: "secret-toggle", "aria-label": t(seen ? "auth.hide" : "auth.show"),
      "aria-pressed": seen, onClick: () => setSeen(!seen) }, t(seen ? "auth.hide_short" : "auth.show_short")));
};

// What is typed stays until the page knows it: answers to earlier keys must not take later digits away.
export const AmountInput = ({ value, onAmount, ...rest }) => {
  const t = useT(), box = useRef(null), late = useRef(null), [draft, setDraft] = useState(null);
  const shown = draft ?? value;
  const tell = (n) => { clearTimeout(late.current); late.current = null; onAmount?.(n); };
  const typed = ({ target }) => {
    const n = Number(target.value.replace(/\D/g, "").slice(0, 12));
    // The dots move while typing; the caret keeps its distance, in digits, from the end.
    const behind = target.value.slice(target.selectionStart).replace(/\D/g, "").length;
    setDraft(n);
    clearTimeout(late.current);
    late.current = setTimeout(tell, 200, n);
    requestAnimationFrame(() => {
      let at = target.value.length;
      for (let left = behind; left > 0; at -= 1) if (/\d/.test(target.value[at - 1] ?? "0")) left -= 1;
      if (at > 0 && !/\d/.test(target.value[at - 1])) at -= 1;
      target.setSelectionRange(at, at);
    });
  };
  useEffect(() => { if (document.activeElement !== box.current) setDraft(null); }, [value]);
  return h("input", { type: "text", inputMode: "numeric", autoComplete: "off", className: "input tnum",
    value: shown ? t.num(shown) : "", onChange: typed, onBlur: () => late.current && tell(draft), ...rest,
    ref: box }); // ours counts: the framework hands in one of its own
};

export const SearchBox = ({ value, onSearch, ...rest }) => {
  const box = useRef(null), late = useRef(null), [draft, setDraft] = useState(null), single = useKeys();
  const typed = ({ target }) => {
    setDraft(target.value);
    clearTimeout(late.current);
    late.current = setTimeout(() => onSearch?.(target.value), 300);
  };
  useEffect(() => {
    if (!single) return;
    const key = (e) => {
      const busy = e.ctrlKey || e.metaKey || e.altKey || e.target.closest?.("input, select, textarea, dialog");
      if (e.key !== "/" || busy) return;
      e.preventDefault();
      box.current.focus();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [single]);
  // The address may change by itself: by a chip, or by going back.
  useEffect(() => { if (document.activeElement !== box.current) setDraft(null); }, [value]);
  return h("input", { type: "search", autoComplete: "off", className: "input", value: draft ?? value, onChange: typed,
    "aria-keyshortcuts": single ? "/" : undefined, ...rest, ref: box });
};

// Half a year is no day yet and no reason to empty the box: what is typed stays the browser's until it rests.
export const DayBox = ({ value, onDay, ...rest }) => {
  const box = useRef(null), late = useRef(null);
  const typed = ({ target }) => {
    clearTimeout(late.current);
    late.current = setTimeout(() => onDay?.(target.value), 300);
  };
  useEffect(() => { if (document.activeElement !== box.current) box.current.value = value; }, [value]);
  return h("input", { type: "date", className: "input", defaultValue: value, onChange: typed, ...rest, ref: box });
};

export const Dial = ({ id, label, start, minimum, maximum, step, onRest }) => {
  const [value, setValue] = useState(start), rest = useRef();
  const turn = (e) => {
    const typed = Math.min(maximum, Number(e.target.value.replace(/\D/g, "")));
    setValue(typed || "");
    clearTimeout(rest.current);
    rest.current = setTimeout(() => typed >= minimum && onRest?.(typed), 120);
  };
  const both = { min: minimum, max: maximum, value, onChange: turn };
  return h("div", { className: "dial" },
    h("input", { type: "range", "aria-label": label, step, ...both, value: value || minimum }),
    h("input", { type: "number", inputMode: "numeric", className: "input tnum", id, ...both }));
};

// A refusal is where the reader should be: it takes the focus whenever it says something new.
export const Alert = ({ children, ...rest }) => {
  const box = useRef(null);
  useEffect(() => box.current.focus(), [rest["data-code"]]);
  return h("div", { role: "alert", tabIndex: -1, ...rest, ref: box }, children);
};

// News that arrives while the page is open takes the focus; a page that opens on it does not jump.
export const Arrival = ({ state, ends, target }) => {
  const was = useRef(state);
  useEffect(() => {
    if (was.current && was.current !== state && ends.includes(state)) document.getElementById(target)?.focus();
    was.current = state;
  }, [state]);
  return null;
};

// What stands here comes with the first data: the page keeps the room that it took last time, so that nothing jumps.
export const Slot = ({ settled, children, ...rest }) => {
  const at = useRef(null);
  useEffect(() => {
    if (!settled) return;
    document.documentElement.style.removeProperty("--slot");
    const keep = () => {
      try { localStorage.setItem("slot", at.current.offsetHeight); } catch { /* then it jumps */ }
    };
    const eye = new ResizeObserver(keep);
    eye.observe(at.current);
    return () => eye.disconnect();
  }, [settled]);
  return h("div", { ref: at, ...rest }, children);
};

export const NativeForm = ({ children, ...rest }) => {
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    // Coming back by the browser's history shows the frozen page: let the form be sent again.
    const shown = () => setBusy(false);
    addEventListener("pageshow", shown);
    return () => removeEventListener("pageshow", shown);
  }, []);
  const send = (e) => (busy ? e.preventDefault() : setBusy(true)), t = useT();
  // The browser's own remark, in the language of the page instead of the browser's.
  const remark = ({ target: at }) => {
    at.setCustomValidity("");
    const bad = at.validity;
    if (bad.valueMissing) at.setCustomValidity(t("field.missing"));
    else if (bad.tooShort) at.setCustomValidity(t("auth.hint", { count: at.minLength }));
    else if (bad.typeMismatch) at.setCustomValidity(t("field.email"));
  };
  return h("form", { method: "post", "aria-busy": busy || undefined, onSubmit: send, onInvalidCapture: remark,
    onInput: (e) => e.target.setCustomValidity?.(""), ...rest }, children);
};

export const ZoneSelect = ({ zones, ...rest }) => {
  const [zone, setZone] = useState("Asia/Jakarta");
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Jakarta"), []);
  const all = zones.some(([name]) => name === zone) ? zones : [...zones, [zone, zone.replace(/_/g, " ")]];
  return h("select", { className: "input", value: zone, onChange: (e) => setZone(e.target.value), ...rest },
    all.map(([name, label]) => h("option", { key: name, value: name }, label)));
};

export const Toast = ({ seq, children, ...rest }) => {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!seq) return;
    setShown(true);
    const id = setTimeout(() => setShown(false), 6000);
    return () => clearTimeout(id);
  }, [seq]);
  return h("div", { role: "status", className: "toast-slot", ...rest }, shown && h("div", { className: "toast" }, children));
};

export const Connection = ({ lost }) => {
  const t = useT(), [offline, setOffline] = useState(false), [back, setBack] = useState(false), was = useRef(false);
  const down = lost || offline;
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    look();
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => { removeEventListener("online", look); removeEventListener("offline", look); };
  }, []);
  useEffect(() => {
    if (down) { was.current = true; return setBack(false); }
    if (!was.current) return;
    was.current = false;
    setBack(true);
    const id = setTimeout(() => setBack(false), 3000);
    return () => clearTimeout(id);
  }, [down]);
  const tone = down ? "bad" : back ? "ok" : "";
  return h("div", { role: "status", className: "connection", "data-tone": tone, "data-testid": "connection" },
    down ? t("err.offline") : back ? t("err.online") : "");
};

export const Address = ({ query }) => {
  useEffect(() => {
    if (query != null && location.search !== query) history.replaceState(history.state, "", location.pathname + query);
  }, [query]);
  return null;
};

export const Visible = ({ onVisible }) => {
  useEffect(() => {
    const seen = () => document.visibilityState === "visible" && onVisible?.();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [onVisible]);
  return null;
};

export const ThemeButton = ({ to, current, setMode, ...rest }) => {
  // The server does not know the stored theme: nothing is pressed until the page is alive.
  const [alive, setAlive] = useState(false);
  useEffect(() => setAlive(true), []);
  return h("button", { type: "button", "aria-pressed": alive && current === to, onClick: () => setMode(to), ...rest });
};

// The router turns a link within the page into a navigation, which leaves the focus where it was.
export const Skip = (props) => {
  const go = (e) => { e.preventDefault(); document.getElementById("main")?.focus(); };
  return h("a", { href: "#main", onClick: go, ...props });
};

// Something broke on the server: the code leads our own people to what happened.
export const Problem = () => {
  const t = useT(), [code, setCode] = useState("");
  useEffect(() => {
    const hear = (e) => setCode(e.detail);
    addEventListener("billing-problem", hear);
    return () => removeEventListener("billing-problem", hear);
  }, []);
  return code && h("div", { role: "alert", className: "toast-slot", "data-testid": "error", "data-code": "internal" },
    h("div", { className: "toast problem" }, t("err.generic", { code }),
      h("button", { type: "button", className: "btn btn-secondary btn-sm", onClick: () => location.reload() },
        t("app.reload"))));
};
