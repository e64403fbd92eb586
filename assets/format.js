// Numbers, money and time as people read them: the twin of billing_ui/i18n/format.py, tested on the same cases.
const NBSP = "\u00a0", MINUS = "\u2212";
const MONTHS = {
  id: "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split(" "),
  en: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" "),
};
const COMPACT = { id: ["rb", "jt", "M", "T"], en: ["K", "M", "B", "T"] };
const ZONES = {
  "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Ujung_Pandang": "WITA",
  "Asia/Jayapura": "WIT",
};
const STEPS = [["seconds", 60, 1], ["minutes", 3600, 60], ["hours", 86400, 3600], ["days", 2592000, 86400],
  ["months", 31536000, 2592000], ["years", Infinity, 31536000]];
const HOME_ZONE = "Asia/Jakarta";
const sign = (n) => (n < 0 ? MINUS : "");
const two = (n) => String(n).padStart(2, "0");

export const format = (lang, words) => {
  const dot = lang === "id";
  const num = (n) =>
    n == null ? "" : sign(n) + String(Math.abs(n)).replace(/\B(?=(\d{3})+(?!\d))/g, dot ? "." : ",");
  const money = (n, currency = "IDR") => {
    if (n == null) return "";
    const size = Math.abs(n);
    if (currency === "IDR") return sign(n) + (dot ? "Rp" : "IDR") + NBSP + num(size);
    const prefix = currency === "USD" ? (dot ? "US$" : "$") : currency + NBSP;
    return sign(n) + prefix + num(Math.floor(size / 100)) + (dot ? "," : ".") + two(size % 100);
  };
  const compact = (n) => {
    let size = Math.abs(n), scale = 1, unit = "";
    for (const name of COMPACT[lang]) {
      if (size * 2 < scale * 1999) break;
      scale *= 1000;
      unit = name;
    }
    const tenths = Math.floor((size * 20 + scale) / (scale * 2));
    const figure = tenths >= 100 || tenths % 10 === 0
      ? num(Math.floor((size * 2 + scale) / (scale * 2)))
      : Math.floor(tenths / 10) + (dot ? "," : ".") + (tenths % 10);
    return sign(n) + figure + (dot && unit ? NBSP : "") + unit;
  };
  const parts = (iso, zone) => {
    const at = new Date(iso), p = {};
    const options = { timeZone: zone || HOME_ZONE, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
      hour: "2-digit", minute: "2-digit" };
    for (const { type, value } of new Intl.DateTimeFormat("en-US", options).formatToParts(at)) p[type] = Number(value);
    p.offset = Math.ceil((Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute) - at) / 60000);
    return p;
  };
  const label = (p, zone) => {
    if (ZONES[zone]) return ZONES[zone];
    if (!p.offset) return "UTC";
    const size = Math.abs(p.offset), rest = size % 60;
    return "UTC" + (p.offset > 0 ? "+" : MINUS) + Math.floor(size / 60) + (rest ? ":" + two(rest) : "");
  };
  const date = (p) => [p.day, MONTHS[lang][p.month - 1], p.year].join(NBSP);
  const day = (iso, zone) => (iso ? date(parts(iso, zone)) : "");
  const when = (iso, zone) => {
    if (!iso) return "";
    const p = parts(iso, zone);
    return `${date(p)}, ${two(p.hour)}${dot ? "." : ":"}${two(p.minute)}${NBSP}${label(p, zone || HOME_ZONE)}`;
  };
  const ago = (iso, now) => {
    if (!iso) return "";
    const seconds = Math.trunc(((now ? new Date(now) : new Date()) - new Date(iso)) / 1000), size = Math.abs(seconds);
    if (size < 10) return words["time.now"];
    const [unit, , step] = STEPS.find(([, below]) => size < below), count = Math.floor(size / step);
    const stem = seconds > 0 ? `time.${unit}_ago` : `time.in_${unit}`;
    return words[`${stem}.${count === 1 ? "one" : "other"}`].replace("{count}", count);
  };
  const pair = (both) => (both == null ? "" : typeof both === "string" ? both : both[lang]);
  const render = (v) => {
    if (typeof v === "number") return num(v);
    if (v == null || typeof v !== "object") return v ?? "";
    if ("money" in v) return money(v.money, v.currency);
    if ("when" in v) return when(v.when, v.zone);
    if ("key" in v) return words[v.key];
    return pair(v);
  };
  const t = (key, args) => {
    if (!key) return "";
    if (args && "count" in args && `${key}.other` in words) key += args.count === 1 ? ".one" : ".other";
    // A word of the outside world that we do not know yet has a family, and the family has an "unknown".
    const sentence = words[key] ?? words[key.replace(/\w+$/, "unknown")] ?? key;
    return sentence.replace(/\{(\w+)\}/g, (_, name) => render(args?.[name]));
  };
  return Object.assign(t, { lang, num, money, compact, when, day, ago, pair });
};
