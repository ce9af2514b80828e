// Shows openapi.json, and sends its examples.

const $ = id => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const chosen = localStorage.getItem("theme");
document.documentElement.dataset.theme =
  chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

let api;

/** What a reference leads to. */
function resolve(schema) {
  return schema.$ref
    ? resolve(schema.$ref.slice(2).split("/").reduce((at, part) => at[part], api))
    : schema;
}

/** A schema in a few words. */
function words(unresolved) {
  const schema = resolve(unresolved);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(" | ");
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return [...new Set(either.map(words))].join(" or ");
  const type = [schema.type ?? "anything"].flat().join(" or ");
  return type === "array" ? `list of ${words(schema.items)}` : type;
}

/** The table of an object's members. */
function members(unresolved) {
  const schema = resolve(unresolved);
  if (schema.anyOf) return schema.anyOf.map(members).filter(table => table).flat();
  if (!schema.properties) return [];
  const rows = Object.entries(schema.properties).map(([name, member]) => {
    const shown = resolve(member);
    const fallback = shown.default === undefined ? "" : `Default: ${JSON.stringify(shown.default)}.`;
    return element("tr", {},
      element("td", { className: schema.required?.includes(name) ? "needed" : "" }, name),
      element("td", {}, words(member)),
      element("td", {}, [member.description ?? shown.description ?? "", fallback].join(" ").trim()));
  });
  const head = element("tr", {}, ...["member", "type", "what it is"].map(text => element("th", {}, text)));
  return [element("table", { className: "members" }, element("thead", {}, head), element("tbody", {}, ...rows))];
}

function tryIt(method, path, example) {
  const answer = element("pre", { hidden: true, tabIndex: 0 });
  const body = example && element("textarea", {
    rows: 6,
    value: JSON.stringify(example, null, 2),
    spellcheck: false,
    ariaLabel: "Body of the request",
  });
  const target = element("input", { value: path, ariaLabel: "Path" });
  const send = element("button", { className: "button", type: "button" }, "Send");
  send.addEventListener("click", async () => {
    const key = sessionStorage.getItem("key");
    const response = await fetch(target.value, {
      method: method.toUpperCase(),
      headers: {
        ...(body && { "content-type": "application/json" }),
        ...(key && { authorization: `Bearer ${key}` }),
      },
      body: body?.value,
    });
    const text = await response.text();
    answer.textContent = `${response.status}\n${text.length > 4000 ? `${text.slice(0, 4000)} …` : text}`;
    answer.hidden = false;
  });
  return element("div", { className: "try" }, ...(path.includes("{") ? [target] : []), ...(body ? [body] : []), send, answer);
}

function operation(method, path, described) {
  const request = described.requestBody?.content["application/json"];
  const success = resolve(described.responses["200"]);
  const content = Object.values(success.content ?? {})[0];
  const aliases = described["x-aliases"];
  return element("details", { className: "operation", id: described.operationId },
    element("summary", {},
      element("span", { className: "method" }, method.toUpperCase()),
      element("span", { className: "path" }, path),
      element("span", { className: "quiet" }, described.summary)),
    element("div", { className: "body" },
      ...(described.description ? [element("p", {}, described.description)] : []),
      ...(aliases ? [element("p", { className: "quiet" }, `Also at ${aliases.join(", ")}.`)] : []),
      ...(described.parameters ?? []).map(parameter =>
        element("p", {}, `${parameter.name} in the ${parameter.in}: ${parameter.description}`)),
      ...(request ? members(request.schema) : []),
      element("p", { className: "quiet" }, `Answer: ${content ? words(content.schema) : "no body"}`),
      ...(content?.schema ? members(content.schema) : []),
      tryIt(method, path, request?.example)));
}

try {
  api = await (await fetch("openapi.json")).json();
  $("title").textContent = api.info.title;
  $("description").textContent = api.info.description;
  for (const tag of api.tags) {
    const found = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, described]) => described.tags.includes(tag.name))
        .map(([method, described]) => operation(method, path, described)));
    $("operations").append(
      element("section", { className: "group" },
        element("h2", {}, tag.name), element("p", {}, tag.description), ...found));
  }
  $("status").textContent = `OpenAPI ${api.openapi}, version ${api.info.version}`;
  $("status").dataset.state = "ready";
  if (location.hash) {
    const named = $(location.hash.slice(1));
    if (named) {
      named.open = true;
      named.scrollIntoView();
    }
  }
} catch (e) {
  $("status").textContent = `the description cannot be read: ${e.message}`;
  $("status").dataset.state = "down";
}
