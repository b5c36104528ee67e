/* The program of the plan with its sliders anywhere. Runs in the Worker, and knows
   neither the page nor the solver. Keeps to what laws.py, numbers.py, build.py and
   tie_break.py say; the tests compare them number by number. */
"use strict";

const USD_PER_MUSD = 1e6;

/* Reading. */

/** Return the meta data and the arrays of a packed program: a header in JSON, then
 *  numbers, each array where the header says. */
function readProgram(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const kinds = { f8: Float64Array, i4: Int32Array };
  const arrays = {};
  for (const [name, [kind, offset, count]] of Object.entries(header.arrays)) {
    const found = new kinds[kind](buffer, 4 + size + offset, count);
    arrays[name] = kind === "i4" ? addedUp(found) : found;
  }
  const program = { ...header, arrays, rowOf: rowsOf(arrays.start) };
  program.moves = header.moves.map((moves) => moves.map((move) => readMove(arrays, move)));
  program.isProduct = new Uint8Array(arrays.base.length);
  for (const place of arrays.product) program.isProduct[place] = 1;
  return program;
}

/** Return a law with its numbers: it moves all of a number, where nothing else is said. */
function readMove(arrays, { shape, places, by }) {
  const whole = () => Float64Array.from(arrays[places], (place) => arrays.base[place]);
  return { shape, places: arrays[places], by: by ? arrays[by] : whole() };
}

/** Whole numbers are kept as differences from one to the next, which pack better. */
function addedUp(differences) {
  let place = 0;
  return differences.map((difference) => (place += difference));
}

/** Return the row of each term of the matrix. */
function rowsOf(start) {
  const rows = new Int32Array(start[start.length - 1]);
  for (let row = 0; row + 1 < start.length; row++) rows.fill(row, start[row], start[row + 1]);
  return rows;
}

/* Laws. */

const moved = (shape, x) => (shape === "line" ? x - 1 : 1 / x - 1);
const slope = (shape, x) => (shape === "line" ? 1 : -1 / (x * x));

/** Return every number where the sliders stand at some factors: moves add up, but where
 *  factors multiply. */
function lineAt(program, factors) {
  const { base } = program.arrays;
  const line = base.slice();
  const times = new Map();
  program.moves.forEach((moves, slider) => {
    if (factors[slider] === 1) return;
    for (const { shape, places, by } of moves) {
      const share = moved(shape, factors[slider]);
      places.forEach((place, i) => {
        if (!program.isProduct[place]) line[place] += by[i] * share;
        else times.set(place, (times.get(place) ?? 1) * (1 + (by[i] * share) / base[place]));
      });
    }
  });
  for (const [place, factor] of times) line[place] *= factor;
  return line;
}

/** Return one kind of numbers. */
function part(program, line, name) {
  const [first, count] = program.parts[name];
  return line.subarray(first, first + count);
}

/* The program as the solver gets it: minimise, scaled. */

function arraysAt(program, line) {
  const value = part(program, line, "value");
  const factors = rowFactors(program.arrays.start, value);
  const cost = part(program, line, "cost");
  const largest = cost.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const costFactor = largest > 0 ? program.largest_cost / largest : 1;
  const times = (numbers) => numbers.map((each, row) => each * factors[row]);
  return {
    factors,
    costFactor,
    cost: cost.map((each) => each * costFactor),
    lower: part(program, line, "lower").slice(),
    upper: part(program, line, "upper").slice(),
    rowLower: times(part(program, line, "row_lower")),
    rowUpper: times(part(program, line, "row_upper")),
    value: value.map((each, term) => each * factors[program.rowOf[term]]),
  };
}

/** Return the powers of two that bring each row's coefficients around 1. */
function rowFactors(start, value) {
  const found = new Float64Array(start.length - 1).fill(1);
  for (let row = 0; row < found.length; row++) {
    let least = Infinity;
    let most = 0;
    for (let term = start[row]; term < start[row + 1]; term++) {
      const size = Math.abs(value[term]);
      if (size === 0) continue;
      least = Math.min(least, size);
      most = Math.max(most, size);
    }
    if (most > 0) found[row] = 2 ** -halfToEven(Math.log2(least * most) / 2);
  }
  return found;
}

function halfToEven(number) {
  const below = Math.floor(number);
  if (number - below !== 0.5) return Math.round(number);
  return below % 2 === 0 ? below : below + 1;
}

/** Return the weight of every column in the choice among equal plans. */
function weightsAt(program, line) {
  const { rest, accelerator } = program.arrays;
  const size = Math.max(...part(program, line, "sizes"));
  const ranks = ranksOf(program.standing, part(program, line, "prices"));
  return rest.map((weight, column) => {
    if (weight < 0) return weight * size;
    return accelerator[column] < 0 ? weight : weight + ranks[accelerator[column]];
  });
}

/** Return the rank of each accelerator: what stands first, then the cheaper. */
function ranksOf(standing, prices) {
  const order = [...standing.keys()].sort(
    (a, b) => standing[b] - standing[a] || prices[a] - prices[b] || a - b,
  );
  const ranks = new Float64Array(order.length);
  order.forEach((accelerator, place) => { ranks[accelerator] = place / order.length; });
  return ranks;
}

/* Figures. */

/** Return the sums of each kind, by the place of their labels. */
function sumsOf(program, line, values) {
  const found = {};
  for (const sum of program.sums) {
    const columns = program.arrays[`${sum.name}.columns`];
    const group = program.arrays[`${sum.name}.group`];
    const each = part(program, line, sum.name);
    const totals = new Float64Array(sum.labels.length);
    columns.forEach((column, i) => { totals[group[i]] += each[i] * values[column]; });
    found[sum.name] = totals;
  }
  return found;
}

const total = (numbers) => numbers.reduce((sum, each) => sum + each, 0);

/** Return the objective [present $]: a profit, or a cost. */
function objectiveUsd(program, line, values) {
  const cost = part(program, line, "cost");
  let musd = 0;
  for (let column = 0; column < values.length; column++) musd += cost[column] * values[column];
  const usd = musd * USD_PER_MUSD + part(program, line, "sunk")[0];
  return program.maximize ? -usd : usd;
}

/** Return the figures of a plan, named as in its metrics; null: not known. */
function metricsOf(program, line, values, sums) {
  const last = program.periods[program.periods.length - 1];
  const labels = program.sums.find((sum) => sum.name === "fleet").labels;
  const standing = labels.map(([name, period], i) => [name, period === last ? sums.fleet[i] : 0]);
  const weighed = standing.map(([name, count]) => count * (program.h100[name] ?? 0));
  return {
    objective_usd: objectiveUsd(program, line, values),
    capex_usd: total(sums.capex_usd),
    opex_usd: total(sums.opex_usd),
    peak_power_mw: sums.power_mw.reduce((most, each) => Math.max(most, each), 0),
    energy_mwh: total(sums.energy_mwh),
    co2e_t: total(sums.co2e_t),
    accelerators: total(standing.map(([, count]) => count)),
    h100_equivalents: program.h100_known ? total(weighed) : null,
    unserved_fraction: sums.served.length ? 1 - total(sums.served) / sums.served.length : 0,
    unfinished_runs: sums.completed.filter((share) => share < program.finished).length,
  };
}

/* Prices. */

/** Return what 1 % more of each slider gains at the margin [present $], by the duals. */
function gainsOf(program, line, factors, scaled, solution) {
  const gradient = gradientOf(program, scaled, solution);
  return program.moves.map((moves, slider) => {
    const x = factors[slider];
    let musd = 0;
    for (const { shape, places, by } of moves) {
      places.forEach((place, i) => {
        const rate = by[i] * slope(shape, x);
        musd += gradient(place) * rate * byOthers(program, line, place, by[i] * moved(shape, x));
      });
    }
    return -musd * x * 0.01 * USD_PER_MUSD;
  });
}

/** Return by what the other sliders multiply a number that one of them moves. */
function byOthers(program, line, place, move) {
  if (!program.isProduct[place]) return 1;
  return line[place] / (program.arrays.base[place] + move);
}

/** Return what tells how the least cost [MUSD] changes with one number: costs with the
 *  column, right sides with the dual, terms with both. */
function gradientOf(program, scaled, solution) {
  const { colValue, colDual, rowDual } = solution;
  const { index } = program.arrays;
  const dual = (row) => (rowDual[row] * scaled.factors[row]) / scaled.costFactor;
  const reduced = (column) => colDual[column] / scaled.costFactor;
  const rates = {
    cost: (i) => colValue[i],
    lower: (i) => Math.max(0, reduced(i)),
    upper: (i) => Math.min(0, reduced(i)),
    row_lower: (i) => Math.max(0, dual(i)),
    row_upper: (i) => Math.min(0, dual(i)),
    value: (i) => -dual(program.rowOf[i]) * colValue[index[i]],
    sunk: () => 1 / USD_PER_MUSD,
  };
  const ends = Object.entries(program.parts).map(([name, [first, count]]) => [first + count, first, rates[name]]);
  return (place) => {
    const [, first, rate] = ends.find(([end]) => place < end);
    return rate ? rate(place - first) : 0;
  };
}
