import assert from "node:assert/strict";
import { test } from "node:test";

import { splitLinks } from "../../../static/chat/page/logic/links.js";

const links = (text) => splitLinks(text).flatMap(({ href }) => href ?? []);

test("only http and https addresses become links", () => {
  assert.deepEqual(links("see https://a.example/x and HTTP://b.example"), [
    "https://a.example/x",
    "http://b.example/",
  ]);
  assert.deepEqual(links("javascript:alert(1) data:text/html,x ftp://a.example a.example"), []);
  assert.deepEqual(links("https:// http://"), []);
});

test("an address that begins with www becomes an https link", () => {
  assert.deepEqual(links("www.example.org, (WWW.a.example/x)"), [
    "https://www.example.org/",
    "https://www.a.example/x",
  ]);
  assert.deepEqual(links("www.a.example/?x=http://b"), ["https://www.a.example/?x=http://b"]);
  assert.deepEqual(links("www. www.. www.example me@www.a.example ftp://www.a.example"), []);
  assert.deepEqual(links("http://www.a.example"), ["http://www.a.example/"]);
});

test("the sentence around an address is not part of it", () => {
  assert.deepEqual(links("Look (https://a.example/x)."), ["https://a.example/x"]);
  assert.deepEqual(links("https://a.example/a_(b), or not"), ["https://a.example/a_(b)"]);
  assert.deepEqual(links('<https://a.example> "https://b.example"!'), [
    "https://a.example/",
    "https://b.example/",
  ]);
});

test("splitting a text at its links loses nothing", () => {
  for (const text of ["", "plain", "https://a.example", "a https://b.example/?x=1#y, c\n\nd", "www.a.example."]) {
    const parts = splitLinks(text).map((part) => part.text);
    assert.equal(parts.join(""), text);
  }
});

test("what ends a sentence in any script ends an address", () => {
  const address = "https://example.com/a";
  const around = [
    ["见 ", "。"], ["请看", "，谢谢"], ["（", "）"], ["「", "」です"], ["《", "》"], ["【", "】"], ["", "！"],
    ["", "："], ["", "、"], ["", "；"], ["", "…"], ["", "……"], ["", "،"], ["", "؟"], ["", "؛ نعم"], ["", "۔"],
    ["", "।"], ["", "။"], ["", "។"], ["", "։"], ["„", "“"], ["“", "”和"], ["«", "»"], ["« ", " »"], ["»", "«"],
    ["‚", "‘"], ["‘", "’"], ["‹", "›"], ["", "—"], ["", "—and so on"], ["", " – so"], ["", "–"], ["`", "`"],
    ["(", ")について"], ["[it](", ")"], ["", "\u200b"], ["", "\u200bb"], ["", "\u200c"], ["", "\u200d"],
    ["", "\u2060"], ["", "\ufeff"], ["", "\u00ad"], ["", "\u200e"], ["", "\u200f."], ["", "\u202c"],
    ["\u2068", "\u2069"], ["", "\u3000"], ["", "\u00a0"], ["", "\u2800"], ["❝", "❞"],
  ];
  for (const [before, after] of around) {
    const text = `${before}${address}${after}`;
    assert.deepEqual(links(text), [address], JSON.stringify(text));
  }
});

test("letters of every script belong to an address", () => {
  for (const path of ["维基百科", "a_(b)_[c]", "l’été", "می‌خواهم", "क्‍ष", "ප්‍ර", "Ünï-çode", "a–b"]) {
    const [link, rest] = splitLinks(`https://example.com/${path}.`);
    assert.equal(link.text, `https://example.com/${path}`);
    assert.equal(link.label, link.text);
    assert.equal(rest.text, ".");
  }
});

const labels = (text) => splitLinks(text).flatMap(({ label }) => label ?? []);

test("a link reads as the host that it opens", () => {
  const deceptive = {
    "https://evil.example\\.bank.com/": "https://evil.example/.bank.com/",
    "https://bank.com%2eevil.example": "https://bank.com.evil.example/",
    "https://bank.com⁄login.evil.example": "https://bank.xn--comlogin-g03d.evil.example/",
    "https://раураl.com": "https://xn--l-7sba6dbr.com/",
    "https://аррӏе.com/x": "https://xn--80ak6aa92e.com/x",
    "https://ɡoogle.com": "https://xn--oogle-qmc.com/",
    "https://bank.comノlogin.evil.jp": "https://bank.xn--comlogin-634g.evil.jp/",
    "https://ｂank.com": "https://bank.com/",
    "https://2130706433/": "https://127.0.0.1/",
    "https:////evil.example": "https://evil.example/",
    "www.раураl.com": "https://www.xn--l-7sba6dbr.com/",
  };
  for (const [typed, read] of Object.entries(deceptive)) assert.deepEqual(labels(typed), [read]);
});

test("a link to an international host reads as it was typed", () => {
  const honest = ["https://bücher.example:8080/ü", "https://пример.рф/", "https://日本.jp", "https://한국.kr"];
  for (const typed of [...honest, "https://[::1]:80/", "HTTP://Example.COM/a"]) {
    assert.deepEqual(labels(typed), [typed]);
  }
});

test("words before an @ that look like a host make no link", () => {
  assert.deepEqual(links("https://bank.com@evil.example https://bank.com:1@evil.example/"), []);
  assert.deepEqual(links("https://a.example/@ana"), ["https://a.example/@ana"]);
});

test("a host that goes on after something unseen is no link", () => {
  for (const unseen of ["\u200b", "\u00ad", "\u202e", "\u200f", "\u2069", "\u0007", "\u3164"]) {
    assert.deepEqual(links(`https://bank.co${unseen}m/login`), [], JSON.stringify(unseen));
  }
  assert.deepEqual(links("https://a.example\u200bและ"), ["https://a.example/"]);
});

test("an address leads elsewhere by no control character", () => {
  assert.deepEqual(links("https://a.example/\u202egpj.exe"), ["https://a.example/"]);
  assert.deepEqual(links("\u202ehttps://a.example/moc.knab//:sptth"), [
    "https://a.example/moc.knab//:sptth",
  ]);
});

test("a hostile text is split in no time", () => {
  const texts = ["https://a.b/" + "!".repeat(4000), "https://" + "(".repeat(4000), "www.a".repeat(800)];
  const started = performance.now();
  for (const text of [...texts, "https://a/ ".repeat(360), "می‌".repeat(1300)]) splitLinks(text);
  assert.ok(performance.now() - started < 500);
});
