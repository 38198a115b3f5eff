// Improves pages that work without it: answers that arrive step by step, sources beside the text, names while typing,
// copying, and a history that stays in this browser. All markup comes from the server's own templates.
"use strict";

const policy = window.trustedTypes
  ? trustedTypes.createPolicy("drugchatter", { createHTML: (html) => html })
  : { createHTML: (html) => html };

const fragment = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = policy.createHTML(html);
  return holder.content;
};

const main = document.getElementById("main");
const wide = window.matchMedia("(min-width: 68rem)");

// ------------------------------------------------------------------------------------------------ asking

let asking = null;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-ask]");
  if (!form || !form.q.value.trim()) return;
  event.preventDefault();
  ask(new URLSearchParams(new FormData(form)));
});

async function ask(data) {
  asking?.abort();
  asking = new AbortController();
  const question = data.get("q").trim();
  const page = document.getElementById("asking").content.cloneNode(true);
  page.querySelector(".question").textContent = question;
  page.querySelector(".byline").textContent = "Reading the question";
  main.replaceChildren(page);
  window.scrollTo(0, 0);
  history.pushState(null, "", `/ask?${data}`);
  document.title = `${question} · DrugChatter`;
  try {
    const response = await fetch("/ask", {
      method: "POST", body: data, headers: { Accept: "text/event-stream" }, signal: asking.signal,
    });
    if (!response.ok) throw new Error((await response.json()).title);
    for await (const { event, text } of events(response.body)) show[event]?.(text);
  } catch (error) {
    if (error.name !== "AbortError") fail(error.message);
  }
}

// Parts of the page go to the end of what they are part of, so that nothing moves that is being read.
const show = {
  progress: (text) => { main.querySelector(".byline").textContent = text; },
  answer: (html) => main.querySelector(".answer").append(fragment(html)),
  statements: (html) => [...main.querySelectorAll(".statements")].pop().append(fragment(html)),
  sources: (html) => {
    main.querySelector(".sources").append(fragment(html));
    main.querySelector(".evidence").hidden = false;
  },
  end: (html) => {
    const page = main.querySelector(".answer-page");
    const around = fragment(html).firstElementChild;
    const answer = page.querySelector(".answer");
    page.querySelector(".byline").replaceWith(around.querySelector(".byline"));
    answer.append(...around.querySelectorAll(":scope > .notice"));
    answer.after(around.querySelector(".after"));
    if (!page.querySelector(".source")) page.querySelector(".evidence").remove();
    page.classList.remove("asking");
    Object.assign(page.dataset, around.dataset);
    page.querySelector(".question").focus({ preventScroll: true });
    ready();
  },
  error: (text) => fail(JSON.parse(text).title),
};

function fail(message) {
  const said = document.createElement("p");
  said.className = "declined";
  said.setAttribute("role", "alert");
  said.textContent = `No answer: ${message}. Reload the page to ask again.`;
  const byline = main.querySelector(".byline");
  if (byline) byline.textContent = "Interrupted";
  (main.querySelector(".answer") || main).append(said);
}

async function* events(body) {
  const decoder = new TextDecoder();
  let held = "";
  for (const reader = body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return;
    held += decoder.decode(value, { stream: true });
    for (let end; (end = held.indexOf("\n\n")) >= 0; held = held.slice(end + 2)) {
      const lines = held.slice(0, end).split("\n");
      const of = (name) => lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length));
      yield { event: of("event: ")[0], text: of("data: ").join("\n") };
    }
  }
}

// Back and forward show what the address says, freshly asked.
window.addEventListener("popstate", () => location.reload());

// ----------------------------------------------------------------------------------------------- sources

document.addEventListener("click", (event) => {
  const cite = event.target.closest(".cite");
  const source = cite && document.getElementById(cite.hash.slice(1));
  if (!source) return;
  event.preventDefault();
  const aside = source.closest(".evidence");
  if (aside && wide.matches) beside(source, aside);
  else beneath(cite, source);
});

function beside(source, aside) {
  aside.querySelectorAll(".shown").forEach((other) => other.classList.remove("shown"));
  source.classList.add("shown");
  aside.scrollTo({ top: source.offsetTop - aside.offsetTop - 8 });
  source.focus({ preventScroll: true });
}

function beneath(cite, source) {
  const place = cite.closest("li, .headline");
  const open = place.nextElementSibling?.classList.contains("inline-source") ? place.nextElementSibling : null;
  const same = open?.dataset.of === cite.hash;
  open?.remove();
  place.querySelectorAll(".cite").forEach((other) => other.removeAttribute("aria-expanded"));
  if (same) return;
  const holder = document.createElement(place.matches("li") ? "li" : "div");
  holder.className = "inline-source";
  holder.dataset.of = cite.hash;
  const copy = document.createElement("div");
  copy.className = "source";
  copy.append(...source.cloneNode(true).childNodes);
  holder.append(copy);
  place.after(holder);
  cite.setAttribute("aria-expanded", "true");
}

// ---------------------------------------------------------------------------------- what an answer offers

function ready() {
  for (const button of document.querySelectorAll("[data-copy], [data-print]")) button.hidden = false;
  const page = document.querySelector(".answer-page[data-question]");
  if (page) remember(page.dataset.question, page.dataset.slug ? `/q/${page.dataset.slug}` : location.pathname + location.search);
  recall();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.matches("[data-print]")) window.print();
  if (button?.matches("[data-copy]")) {
    await navigator.clipboard.writeText(withCitations());
    button.textContent = "Copied";
  }
  if (button?.matches("[data-forget]")) {
    localStorage.removeItem("asked");
    recall();
  }
});

function withCitations() {
  const said = (node) => {
    const copy = node.cloneNode(true);
    for (const cite of copy.querySelectorAll(".cite")) cite.textContent = `[${cite.textContent}]`;
    return copy.textContent.replace(/\s+/g, " ").replaceAll("[", " [").trim();
  };
  const lines = [];
  for (const node of document.querySelectorAll(".answer > .question, .notice, .declined, .answer > .headline, .answer h2, .statements > li:not(.inline-source)")) {
    lines.push(node.matches("li") ? `- ${said(node)}` : node.matches("h2") ? `\n${said(node)}` : said(node));
  }
  lines.push("\nSources");
  for (const source of document.querySelectorAll(".evidence .source")) {
    const [number, title] = source.querySelector(".source-place").children;
    const quote = source.querySelector("mark")?.textContent.replace(/\s+/g, " ");
    const link = [...source.querySelectorAll("a")].pop().href;
    lines.push(`[${number.textContent}] ${title.textContent}. ${said(source.querySelector(".source-meta"))}${quote ? `: “${quote}”` : ""} ${link}`);
  }
  return `${lines.join("\n")}\n\n${said(document.querySelector(".origin-line"))}\n`;
}

// ----------------------------------------------------------------------------------------------- history

function asked() {
  try {
    return JSON.parse(localStorage.getItem("asked")) || [];
  } catch {
    return [];
  }
}

function remember(question, href) {
  const others = asked().filter((one) => one.question !== question);
  try {
    localStorage.setItem("asked", JSON.stringify([{ question, href }, ...others].slice(0, 30)));
  } catch { /* a browser that keeps nothing keeps no history */ }
}

function recall() {
  const section = document.getElementById("history");
  if (!section) return;
  const items = asked().slice(0, 8).filter((one) => /^\/(ask|q\/)/.test(one.href)).map((one) => {
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement("a"));
    link.href = one.href;
    link.textContent = one.question;
    return item;
  });
  section.querySelector("ul").replaceChildren(...items);
  section.hidden = !items.length;
}

// ------------------------------------------------------------------------------------- names while typing

let typed = 0;

document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.matches("[data-ask] input[name=q], [data-suggest]")) return;
  clearTimeout(typed);
  typed = setTimeout(() => suggest(input), 120);
});

async function suggest(input) {
  const word = input.matches("[data-suggest]") ? input.value : input.value.match(/[\p{L}\p{N}-]*$/u)[0];
  const found = word.length < 3 ? [] : await (await fetch(`/api/suggest?q=${encodeURIComponent(word.slice(0, 80))}`)).json();
  close(input);
  if (!found.length || document.activeElement !== input) return;
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-names`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Drug names");
  for (const [place, drug] of found.entries()) {
    const item = list.appendChild(document.createElement("li"));
    item.id = `${list.id}-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.value = input.value.slice(0, input.value.length - word.length) + drug.name;
    item.append(drug.name);
    if (drug.generic.toLowerCase() !== drug.name.toLowerCase()) {
      const generic = item.appendChild(document.createElement("span"));
      generic.className = "quiet";
      generic.textContent = drug.generic;
    }
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(input, item); });
  }
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "true"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
    input.setAttribute(name, value);
  }
}

function close(input) {
  input.parentElement.querySelector(".suggestions")?.remove();
  for (const name of ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-autocomplete"]) input.removeAttribute(name);
}

function take(input, item) {
  input.value = item.dataset.value + (input.matches("[data-suggest]") ? "" : " ");
  close(input);
}

document.addEventListener("keydown", (event) => {
  const list = event.target.parentElement?.querySelector(":scope > .suggestions");
  if (!list) return;
  const items = [...list.children];
  const now = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") close(event.target);
  else if (event.key === "Enter" && now >= 0) take(event.target, items[now]);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = (now + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
    items.forEach((item, place) => item.setAttribute("aria-selected", String(place === next)));
    event.target.setAttribute("aria-activedescendant", items[next].id);
  } else return;
  event.preventDefault();
});

document.addEventListener("focusout", (event) => {
  if (event.target.parentElement?.querySelector(":scope > .suggestions")) close(event.target);
});

ready();
