"use strict";
// Without this script the page shows all tables and all words; it only adds what a reader can do with them.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// What a cell is compared by: its number at full precision, or its text.
const key = (cell) => cell.dataset.key ?? cell.textContent;
const asNumber = (text) => (text.trim() === "" ? NaN : Number(text));

function compare(left, right) {
  const [a, b] = [asNumber(left), asNumber(right)];
  if (!isNaN(a) && !isNaN(b)) return a - b;
  return left.localeCompare(right, "en", { numeric: true });
}

function sort(table, column, descending) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  // What is not known comes last in either order.
  rows.sort((one, other) => {
    const [left, right] = [key(one.cells[column]), key(other.cells[column])];
    if ((left === "") !== (right === "")) return left === "" ? 1 : -1;
    return descending ? compare(right, left) : compare(left, right);
  });
  body.append(...rows);
  [...table.tHead.rows[0].cells].forEach((head, index) => {
    if (index === column) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
}

const OPERATIONS = {
  "=": (order) => order === 0, "!=": (order) => order !== 0, "<": (order) => order < 0,
  ">": (order) => order > 0, "<=": (order) => order <= 0, ">=": (order) => order >= 0,
};

// A row's test, from a text such as `diffusion > 1000, n >= 4`, or a complaint.
function condition(table, text) {
  const heads = [...table.tHead.rows[0].cells];
  const tests = [];
  for (const part of text.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const match = part.match(/^(.+?)\s*(<=|>=|!=|=|<|>)\s*(.+)$/);
    if (!match) {
      tests.push((row) => row.textContent.toLowerCase().includes(part.toLowerCase()));
      continue;
    }
    const [, name, sign, value] = match;
    const plain = (text) => text.replaceAll("_", " ").toLowerCase();
    const column = heads.findIndex((head) => [head.dataset.key, head.textContent].map(plain).includes(plain(name)));
    if (column < 0) return `no column is called ${name}; there are ${heads.map((head) => head.dataset.key).join(", ")}`;
    tests.push((row) => key(row.cells[column]) !== "" && OPERATIONS[sign](compare(key(row.cells[column]), value)));
  }
  return (row) => tests.every((test) => test(row));
}

function tables() {
  const form = document.querySelector("form.controls");
  const { observable, filter, csv, count } = form.elements;
  const listings = all(".listing");
  const shown = () => listings.find((listing) => !observable || listing.id === `listing-${observable.value}`);
  const update = () => {
    listings.forEach((listing) => { listing.hidden = listing !== shown(); });
    const table = shown().querySelector("table");
    const rows = [...table.tBodies[0].rows];
    const test = condition(table, filter.value);
    const isWrong = typeof test === "string";
    rows.forEach((row) => { row.hidden = !isWrong && !test(row); });
    const left = rows.filter((row) => !row.hidden).length;
    count.textContent = isWrong ? test : left === rows.length ? `${left} row${left === 1 ? "" : "s"}` : `${left} of ${rows.length} rows`;
  };
  all(".sortable").forEach((table) => [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (head.textContent === "") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(table, column, head.getAttribute("aria-sort") === "ascending"));
  }));
  csv.addEventListener("click", () => {
    const text = shown().querySelector("script[type='text/csv']").textContent;
    download(`${shown().id.replace("listing-", "")}.csv`, "text/csv", text);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", update);
  all(".controls").forEach((control) => { control.hidden = false; });
  update();
}

// Left and right move along x, up and down to the next line or row, Page Up and Page Down to the next panel.
function readable(figure) {
  const spots = JSON.parse(figure.querySelector(".readings").textContent);
  const output = figure.querySelector(".reading");
  const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  ring.setAttribute("class", "spot");
  ring.setAttribute("r", "9");
  let at = null;
  const find = (panel, row, column) =>
    spots.find((spot) => spot.panel === panel && spot.row === row && spot.column === column);
  const go = (spot) => {
    if (!spot) return;
    at = spot;
    ring.setAttribute("cx", spot.x);
    ring.setAttribute("cy", spot.y);
    figure.querySelector("svg").append(ring);
    output.textContent = spot.text;
  };
  const nearestRow = (step) => {
    const rows = spots.filter((spot) => spot.panel === at.panel && (spot.row - at.row) * step > 0);
    const next = rows.sort((one, other) => (one.row - other.row) * step)[0];
    return next && (find(at.panel, next.row, at.column) ?? next);
  };
  const row = () => spots.filter((spot) => spot.panel === at.panel && spot.row === at.row);
  const KEYS = {
    ArrowRight: () => find(at.panel, at.row, at.column + 1), ArrowLeft: () => find(at.panel, at.row, at.column - 1),
    ArrowUp: () => nearestRow(1), ArrowDown: () => nearestRow(-1),
    Home: () => row()[0], End: () => row().at(-1),
    PageDown: () => find(at.panel + 1, at.row, at.column), PageUp: () => find(at.panel - 1, at.row, at.column),
  };
  figure.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(at ? KEYS[event.key]() : spots[0]);
  });
}

tables();
all("figure[tabindex]").forEach(readable);
all("button.download").forEach((button) => button.addEventListener("click", () =>
  download(button.dataset.name, "application/toml", document.querySelector("#sweep").textContent)));
