/* The Worker: solves the program where the sliders stand, as planner.solvers does. The
   optimum first; then, over all plans that are as good, the one that fixed weights
   choose, so that the whole plan is the one that Python finds. */
"use strict";

const THRESHOLDS = [1e-7, 1e-8, 1e-9]; // sizes from which a dual counts as not 0
const HELD = 1e-9; // relative change of the objective that the choice may cause
const FEASIBILITY = 1e-6;
const PRESOLVED_COLUMNS = 1000;
const IIS_BY_RAY = 6; // by the dual ray, then deletion; the default finds nothing
const TIE = "-"; // in place of a unit: a row that only ties accelerators together
const SECONDS = 120; // after which a solve is given up

class Solver {
  constructor(highs, program) {
    this.program = program;
    this.status = highs.constants.modelStatus;
    this.model = highs.createModel();
    this.presolve = program.arrays.rest.length >= PRESOLVED_COLUMNS ? "choose" : "off";
    this.model.options.set({
      output_flag: false,
      solver: "simplex",
      simplex_dual_edge_weight_strategy: 1, // Devex
      presolve_rule_off: 1 << 13, // no search for parallel rows and columns
      presolve: this.presolve,
      time_limit: SECONDS,
    });
  }

  /** Return what a plan comes to where the sliders stand at some factors. */
  solve(factors) {
    const { program } = this;
    const line = lineAt(program, factors);
    const scaled = arraysAt(program, line);
    const before = program.stages.map((name) => part(program, line, name));
    const done = [];
    const last = this.inTurn(scaled, [...before, scaled.cost], done);
    if (last.status === "infeasible") {
      return { status: last.status, conflict: this.conflict(program, scaled, line) };
    }
    if (last.status !== "optimal") return last;
    const chosen = this.chosen(done, weightsAt(program, line));
    const values = chosen ?? last.colValue;
    const sums = sumsOf(program, line, values);
    return {
      status: "optimal",
      unique: chosen !== null,
      metrics: metricsOf(program, line, values, sums),
      sums,
      limits: Object.fromEntries(program.limits.map((name) => [name, part(program, line, name).slice()])),
      // Where objectives come in turn, what a limit is worth has no one unit.
      gains: before.length ? null : gainsOf(program, line, factors, scaled, last),
    };
  }

  /** Return the optimum of the last objective among the optima of those before it. */
  inTurn(scaled, costs, done) {
    for (const cost of costs) {
      const found = this.next(scaled, cost, done);
      if (found.status !== "optimal") return found;
      done.push(found);
    }
    return done[done.length - 1];
  }

  next(scaled, cost, done) {
    if (!done.length) {
      const program = { ...scaled, cost };
      return { ...this.run(program), program };
    }
    const last = done[done.length - 1];
    for (const threshold of THRESHOLDS) {
      const program = face(last, cost, threshold);
      const found = this.run(program);
      if (found.status === "stopped") return found;
      if (found.status === "optimal" && kept(found.colValue, done)) return { ...found, program };
    }
    return { status: "failed", reason: "no plan keeps the optimum of the objectives before" };
  }

  /** Solve anew from nothing, so that a plan never depends on what was looked at before. */
  run(arrays) {
    const { start, index } = this.program.arrays;
    const [numRows, numCols] = [arrays.rowLower.length, arrays.cost.length];
    this.model.clearSolver();
    this.model.passModel({
      numCols,
      numRows,
      colCost: arrays.cost,
      colLower: arrays.lower,
      colUpper: arrays.upper,
      rowLower: arrays.rowLower,
      rowUpper: arrays.rowUpper,
      matrix: { format: "csr", numRows, numCols, starts: start, indices: index, values: arrays.value },
    });
    return this.ended();
  }

  ended() {
    this.model.run();
    let ended = this.model.getModelStatus();
    if (ended === this.status.unboundedOrInfeasible) {
      this.model.options.set("presolve", "off");
      this.model.run();
      ended = this.model.getModelStatus();
      this.model.options.set("presolve", this.presolve);
    }
    if (ended === this.status.infeasible) return { status: "infeasible" };
    if (ended === this.status.timeLimit) return { status: "stopped", reason: `no optimum within ${SECONDS} s` };
    if (ended !== this.status.optimal && ended !== this.status.empty) {
      return { status: "failed", reason: `the solver ended with status ${ended}` };
    }
    if (this.model.info.get("max_primal_infeasibility") > FEASIBILITY) {
      return { status: "failed", reason: "the plan found breaks a limit by more than rounding" };
    }
    return { status: "optimal", objective: this.model.getObjectiveValue(), ...this.model.getSolution() };
  }

  /** Return the values of the chosen optimum; null: no face keeps the objectives. */
  chosen(done, weights) {
    for (const threshold of THRESHOLDS) {
      const found = this.run(face(done[done.length - 1], weights, threshold));
      if (found.status === "optimal" && kept(found.colValue, done)) return found.colValue;
    }
    return null;
  }

  /** Return the rows that cannot hold together, in words: limits with their numbers, and
   *  what only ties accelerators together. */
  conflict(program, scaled, line) {
    this.run(scaled);
    this.model.options.set("iis_strategy", IIS_BY_RAY);
    let rows = [];
    try {
      rows = [...this.model.getIis().rowIndex];
    } catch {
      // None was found; that there is no plan stands anyway.
    }
    const [lower, upper] = ["row_lower", "row_upper"].map((name) => part(program, line, name));
    const said = (ties) => rows
      .filter((row) => (program.rows[row][1] === TIE) === ties)
      .map((row) => limitOf(program.rows[row], lower[row], upper[row]));
    return { limits: [...new Set(said(false))], ties: [...new Set(said(true))] };
  }
}

/** Return the program whose feasible points are the optima: what has a price is held. */
function face({ program, colValue, colDual, rowValue, rowDual }, cost, threshold) {
  const [lower, upper] = held(colValue, program.lower, program.upper, colDual, threshold);
  const [rowLower, rowUpper] = held(rowValue, program.rowLower, program.rowUpper, rowDual, threshold);
  return { ...program, cost, lower, upper, rowLower, rowUpper };
}

/** Return whether a plan is as good as every objective's own optimum. */
function kept(values, done) {
  return done.every(({ program, objective }) => {
    const worth = program.cost.reduce((sum, cost, i) => sum + cost * values[i], 0);
    return Math.abs(worth - objective) <= HELD * Math.max(Math.abs(objective), 1);
  });
}

function held(values, lower, upper, prices, threshold) {
  const found = [lower.slice(), upper.slice()];
  values.forEach((value, i) => {
    if (Math.abs(prices[i]) <= threshold) return;
    const nearest = Math.abs(value - lower[i]) <= Math.abs(upper[i] - value) ? lower[i] : upper[i];
    found[0][i] = found[1][i] = nearest;
  });
  return found;
}

function limitOf([words, unit, size], lower, upper) {
  if (unit === "" || unit === TIE) return words;
  const most = Number.isFinite(upper);
  const limit = Number(((most ? upper : lower) * size).toPrecision(6));
  const text = limit.toLocaleString("en-US", { maximumFractionDigits: 6 });
  return `${words}: ${most ? "at most" : "at least"} ${text} ${unit}`;
}

/* Messages: first the wasm and the program, then factors, one request at a time. */

async function started({ wasm, program }) {
  const module = await WebAssembly.compile(wasm);
  const highs = await Module({
    instantiateWasm: (imports, done) => {
      WebAssembly.instantiate(module, imports).then(done);
      return {};
    },
    print: () => {},
    printErr: () => {},
  });
  return new Solver(highs, readProgram(program));
}

if (typeof WorkerGlobalScope !== "undefined") {
  let solver = null;
  addEventListener("message", async ({ data }) => {
    try {
      if (data.wasm) solver = await started(data);
      const began = performance.now();
      const answer = solver.solve(data.factors);
      postMessage({ id: data.id, seconds: (performance.now() - began) / 1000, ...answer });
    } catch (error) {
      postMessage({ id: data.id, status: "failed", reason: String(error.message ?? error) });
    }
  });
}
