// The page at the server's address. It uses the same routes as any other client.

const $ = id => document.getElementById(id);

/** Makes an element; children are elements or texts. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("--")) made.style.setProperty(key, value);
    else if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

// Theme: what the system says until the button is pressed.

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
function showTheme() {
  const chosen = localStorage.getItem("theme");
  document.documentElement.dataset.theme = chosen ?? (systemIsDark.matches ? "dark" : "light");
}
systemIsDark.addEventListener("change", showTheme);
$("theme").addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", next);
  showTheme();
});
showTheme();

// Requests.

class ServerError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

function messageOf(answer) {
  const error = answer?.error;
  return typeof error === "string" ? error : error?.message ?? answer?.message ?? "no answer";
}

/** Asks the server, and shows how long it took. */
async function ask(path, body) {
  const headers = {};
  const key = sessionStorage.getItem("key");
  if (key) headers.authorization = `Bearer ${key}`;
  if (body) headers["content-type"] = "application/json";
  const begin = performance.now();
  const response = await fetch(path, {
    method: body ? "POST" : "GET",
    headers,
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    if (response.status === 401) $("key-form").hidden = false;
    throw new ServerError(messageOf(answer), response.status);
  }
  if (body) {
    $("latency").textContent = `${Math.round(performance.now() - begin)} ms`;
    const time = response.headers.get("x-total-time");
    $("server-time").textContent = time === null ? "–" : `${time} ms`;
    const tokens = response.headers.get("x-compute-tokens");
    $("token-count").textContent = tokens === null ? "–" : Number(tokens).toLocaleString("en");
  }
  return answer;
}

/** Vectors of texts, from base64, which is shorter than digits. */
async function vectors(texts, promptName) {
  const answer = await ask("v1/embeddings", {
    model: modelFor("sentence-similarity")?.name,
    input: texts,
    encoding_format: "base64",
    ...(promptName && { prompt_name: promptName }),
  });
  return answer.data.map(item => {
    const bytes = Uint8Array.from(atob(item.embedding), c => c.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  });
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

// Panels: each runs when it is shown and when its texts change, one request at a time.

let info = null;

function modelFor(...tasks) {
  return tasks.map(task => info?.models.find(model => model.task === task)).find(model => model);
}

const panels = {
  similarity: { run: similarity, tasks: ["sentence-similarity"] },
  search: { run: search, tasks: ["sentence-similarity"] },
  labels: { run: labels, tasks: ["text-classification", "zero-shot-classification"] },
  entities: { run: entities, tasks: ["token-classification"] },
  masks: { run: masks, tasks: ["fill-mask"] },
  tokens: { run: tokens, tasks: [] },
  models: { run: async () => {}, tasks: [] },
};

const linesOf = id => $(id).value.split("\n").map(line => line.trim()).filter(line => line);

async function run(name) {
  const panel = panels[name];
  if (!info || panel.absent) return;
  if (panel.running) {
    panel.again = true;
    return;
  }
  panel.running = true;
  do {
    panel.again = false;
    const error = document.querySelector(`#${name} .error`);
    try {
      await panel.run();
      if (error) error.hidden = true;
    } catch (e) {
      if (error) {
        error.textContent = e.message;
        error.hidden = false;
      }
    }
  } while (panel.again);
  panel.running = false;
  $(name).dataset.state = "done";
}

for (const name of Object.keys(panels)) {
  let timer;
  $(name).addEventListener("input", () => {
    $(name).dataset.state = "waiting";
    clearTimeout(timer);
    timer = setTimeout(() => run(name), 250);
  });
}

async function similarity() {
  const texts = linesOf("similarity-texts");
  const found = texts.length ? await vectors(texts) : [];
  const matrix = found.map(a => found.map(b => dot(a, b)));
  const others = matrix.flatMap((row, i) => row.filter((_, j) => i !== j));
  const low = Math.min(0, ...others);
  const heat = $("heat");
  heat.classList.toggle("dense", texts.length > 16);
  heat.style.gridTemplateColumns = `minmax(1.6rem, 11rem) repeat(${texts.length}, minmax(0, 1fr))`;
  heat.replaceChildren(element("span"));
  texts.forEach((_, j) => heat.append(element("span", { className: "number column" }, `${j + 1}`)));
  texts.forEach((text, i) => {
    heat.append(
      element("span", { className: "row-name", title: text },
        element("b", { className: "number" }, `${i + 1} `), element("span", {}, text)));
    matrix[i].forEach((value, j) => {
      const share = Math.max(0, Math.min(1, (value - low) / (1 - low)));
      const show = () => {
        $("heat-pair").textContent = `${value.toFixed(4)} — “${text}” and “${texts[j]}”`;
      };
      heat.append(
        element("span", {
          className: share > 0.68 ? "cell strong" : "cell",
          tabIndex: 0,
          "--share": `${(100 * share).toFixed(1)}%`,
          title: `${value.toFixed(4)}: ${i + 1} and ${j + 1}`,
          onmouseenter: show,
          onfocus: show,
        }, value.toFixed(2)));
    });
  });
  $("scale-low").textContent = low.toFixed(2);
  $("scale-high").textContent = "1.00";
}

function ranking(list, items) {
  const most = Math.max(...items.map(item => item.score), 1e-9);
  list.replaceChildren(...items.map(item =>
    element("li", {},
      element("span", { className: "what" }, item.text),
      element("span", { className: "score" }, item.score.toFixed(4)),
      element("span", { className: "bar" },
        element("i", { "--share": `${Math.max(0, (100 * item.score) / Math.max(1, most)).toFixed(1)}%` })))));
}

async function search() {
  const query = $("search-query").value.trim();
  const lines = linesOf("search-lines");
  if (!query || !lines.length) {
    $("hits").replaceChildren();
    return;
  }
  const prompts = modelFor("sentence-similarity").prompts;
  const prompt = name => (prompts[name] ? name : undefined);
  const found = await vectors(lines, prompt("document"));
  const [wanted] = await vectors([query], prompt("query"));
  const scored = lines.map((text, i) => ({ text, score: dot(wanted, found[i]) }));
  ranking($("hits"), scored.sort((a, b) => b.score - a.score));
}

async function labels() {
  const text = $("labels-text").value;
  const model = modelFor("text-classification", "zero-shot-classification");
  const given = model.task === "zero-shot-classification";
  const wanted = $("labels-labels").value.split(",").map(label => label.trim()).filter(label => label);
  const answer = await ask(given ? "v1/zero-shot" : "v1/classify", {
    model: model.name,
    input: text,
    ...(given && { labels: wanted }),
  });
  const found = answer.results[0].labels;
  ranking($("label-ranking"), found.map(item => ({ text: item.label, score: item.score })));
}

/** A colour for a label, always the same, far from the colours of its neighbours. */
function hue(label) {
  let hash = 7;
  for (const c of label) hash = (hash * 31 + c.codePointAt(0)) % 8191;
  return (hash * 137.5) % 360;
}

async function entities() {
  const text = $("entities-text").value;
  const answer = await ask("v1/entities", { model: modelFor("token-classification").name, input: text });
  const points = Array.from(text);
  const slice = (start, end) => points.slice(start, end).join("");
  const marked = $("marked");
  marked.replaceChildren();
  const seen = new Map();
  let at = 0;
  for (const entity of answer.results[0].entities) {
    // Tokens begin with the space before a word; the mark does not.
    const gap = slice(entity.start, entity.end).match(/^\s*/)[0].length;
    marked.append(slice(at, entity.start + gap));
    marked.append(
      element("mark", {
        "--hue": hue(entity.label),
        title: `${entity.label}: ${entity.score.toFixed(4)}`,
      }, slice(entity.start + gap, entity.end), element("small", {}, entity.label)));
    seen.set(entity.label, (seen.get(entity.label) ?? 0) + 1);
    at = entity.end;
  }
  marked.append(slice(at));
  $("legend").replaceChildren(...[...seen].map(([label, count]) =>
    element("li", {}, element("i", { "--hue": hue(label) }), `${label} × ${count}`)));
  if (!seen.size) $("legend").replaceChildren(element("li", {}, "Nothing is named in this text."));
}

async function masks() {
  const text = $("masks-text").value;
  const answer = await ask("v1/fill-mask", { model: modelFor("fill-mask").name, input: text, top_k: 6 });
  const found = answer.results[0].masks;
  $("fillings").replaceChildren(...found.map((mask, number) =>
    element("div", { className: "gap" },
      element("h3", {}, found.length > 1 ? `Gap ${number + 1}` : "What fits"),
      ...mask.predictions.map(prediction =>
        element("button", {
          className: "prediction",
          type: "button",
          onclick: () => {
            const points = Array.from(text);
            const word = /^\s/.test(points.slice(mask.start, mask.end).join(""))
              ? ` ${prediction.token.trim()}`
              : prediction.token.trim();
            points.splice(mask.start, mask.end - mask.start, word);
            $("masks-text").value = points.join("");
          },
        },
        element("span", {}, prediction.token.trim() || "␣"),
        element("span", { className: "score" }, `${(100 * prediction.score).toFixed(1)} %`),
        element("span", { className: "bar" },
          element("i", { "--share": `${(100 * prediction.score).toFixed(1)}%` })))))));
}

async function tokens() {
  const text = $("tokens-text").value;
  if (!text) {
    $("token-list").replaceChildren();
    $("token-summary").textContent = "";
    return;
  }
  const [list] = await ask("tokenize", { inputs: text });
  $("token-count").textContent = count(list.length);
  const own = list.filter(token => !token.special).length;
  const visible = token => token.text.replaceAll(" ", "·").replaceAll("\n", "↵").replaceAll("\t", "→");
  $("token-list").replaceChildren(...list.map((token, i) =>
    element("li", { className: token.special ? "special" : "", "--hue": (i * 47) % 360 },
      visible(token), element("small", {}, `${token.id}`))));
  $("token-summary").textContent =
    `${list.length} tokens, ${list.length - own} of them special; ` +
    `${(Array.from(text).length / Math.max(1, own)).toFixed(1)} characters a token`;
}

// Models and limits.

function facts(list, pairs) {
  list.replaceChildren(...pairs.filter(([, value]) => value).flatMap(([name, value]) => [
    element("dt", {}, name),
    element("dd", {}, value),
  ]));
  return list;
}

const count = number => number.toLocaleString("en");
const bytes = number =>
  number >= 1e9 ? `${(number / 1e9).toFixed(2)} GB` : `${(number / 1e6).toFixed(number < 1e7 ? 1 : 0)} MB`;

function showModels() {
  $("model-cards").replaceChildren(...info.models.map(model =>
    element("article", { className: "card" },
      element("h3", {}, model.name),
      element("span", { className: "task" }, model.task),
      facts(element("dl", { className: "facts" }), [
        ["reads", `${count(model.max_length)} tokens`],
        ["vectors", model.dimension && `${count(model.dimension)} dimensions`],
        ["labels", model.labels.join(", ")],
        ["prompts", Object.keys(model.prompts).join(", ")],
        ["parameters", count(model.parameters)],
        ["memory", bytes(model.weight_bytes)],
        ["kernels", model.kernels],
        ["threads", count(model.threads)],
      ]))));
  facts($("limits"), [
    ["texts", count(info.max_client_batch_size)],
    ["bytes", count(info.payload_limit)],
    ["requests at a time", count(info.max_concurrent_requests)],
    ["tokens computed together", count(info.max_batch_tokens)],
    ["texts that are too long", info.auto_truncate ? "are cut" : "are refused"],
    ["version", info.version],
  ]);
  const model = modelFor("sentence-similarity");
  $("curl").textContent =
    `curl ${location.origin}/v1/embeddings \\\n  -H 'content-type: application/json' \\\n` +
    `  -d '{"model": "${(model ?? info.models[0]).name}", "input": ["Where is the bakery?"]}'`;
}

/** What a panel says when no model can do its task. */
function markAbsent() {
  const help = {
    similarity: "sentence-similarity",
    search: "sentence-similarity",
    labels: "text-classification or zero-shot-classification",
    entities: "token-classification",
    masks: "fill-mask",
  };
  for (const [name, panel] of Object.entries(panels)) {
    panel.absent = panel.tasks.length > 0 && !modelFor(...panel.tasks);
    $(`tab-${name}`).classList.toggle("absent", panel.absent);
    if (panel.absent && !$(name).querySelector(".absence")) {
      $(name).querySelector(".split").replaceWith(
        element("div", { className: "card absence" },
          `No model of this server is for ${help[name]}. Start it with one beside the others:`,
          element("code", {}, "modernbert serve --model FOLDER_OR_NAME --model …")));
    }
  }
  const classifier = modelFor("text-classification");
  if ($("own-labels")) $("own-labels").hidden = Boolean(classifier);
}

// Tabs.

const tabs = [...document.querySelectorAll("[role=tab]")];

function open(name, focus = false) {
  for (const tab of tabs) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !chosen;
    if (chosen) {
      tab.scrollIntoView({ block: "nearest", inline: "nearest" });
      if (focus) tab.focus();
    }
  }
  if (location.hash !== `#${name}`) history.replaceState(null, "", `#${name}`);
  run(name);
}

tabs.forEach((tab, i) => {
  tab.addEventListener("click", () => open(tab.getAttribute("aria-controls")));
  tab.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) open(tabs[(i + step + tabs.length) % tabs.length].getAttribute("aria-controls"), true);
  });
});
addEventListener("hashchange", () => open(location.hash.slice(1) in panels ? location.hash.slice(1) : "similarity"));

// Start: ask until the models are loaded.

function status(text, state) {
  $("status").textContent = text;
  $("status").dataset.state = state;
}

async function connect() {
  try {
    info = await ask("info");
    const names = info.models.map(model => model.name);
    status(names.length > 3 ? `${names.length} models` : names.join(", "), "ready");
    $("key-form").hidden = true;
    showModels();
    markAbsent();
    open(location.hash.slice(1) in panels ? location.hash.slice(1) : "similarity");
  } catch (e) {
    if (e.status === 401) {
      status("waiting for a key", "down");
      $("key").focus();
      return;
    }
    status(e.status === 503 ? "the models are being loaded …" : "the server does not answer", "down");
    setTimeout(connect, 1000);
  }
}

$("key-form").addEventListener("submit", event => {
  event.preventDefault();
  sessionStorage.setItem("key", $("key").value);
  connect();
});
connect();
