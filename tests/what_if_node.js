/* Runs the page's own programs under Node: factors in, what the Worker answers out. */
"use strict";
const fs = require("node:fs");
const vm = require("node:vm");
const zlib = require("node:zlib");

const [loader, page, packed, points] = process.argv.slice(2);
const source = ["program.js", "solver.js"].map((name) => fs.readFileSync(`${page}/${name}`, "utf8"));
const { Solver, readProgram } = vm.runInThisContext(`${source.join("\n")}\n({ Solver, readProgram })`);
const detached = (content) => content.buffer.slice(content.byteOffset, content.byteOffset + content.length);

async function answers() {
  const highs = await require(loader)({ print: () => {}, printErr: () => {} });
  const solver = new Solver(highs, readProgram(detached(zlib.gunzipSync(fs.readFileSync(packed)))));
  return JSON.parse(fs.readFileSync(points, "utf8")).map((factors) => solver.solve(factors));
}

answers().then((found) => {
  console.log(JSON.stringify(found, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value)));
});
