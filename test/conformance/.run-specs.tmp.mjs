import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
async function runSpecs(engine, exclusions) {
  await engine.activate();
  globalThis[/* @__PURE__ */ Symbol.for("gpu-setup.conformance")] = engine.name;
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  const bundle = join(folder, "specs.cjs");
  try {
    await build({
      entryPoints: [fileURLToPath(new URL("specs.mjs", import.meta.url))],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "cjs",
      mainFields: ["module", "main"],
      // Specs register themselves when they are loaded, which the packages call free of side effects.
      ignoreAnnotations: true,
      external: ["jasmine-core/*", "jasmine-core"],
      logLevel: "error"
    });
    const require2 = createRequire(import.meta.url);
    const JasmineRunner = require2("jasmine");
    const jasmine = new JasmineRunner();
    const { warn, error, log } = console;
    Object.assign(console, { warn: nothing, error: nothing, log: nothing });
    loadFrom(bundle, require2);
    const met = /* @__PURE__ */ new Set();
    const failed = [];
    let [passed, excluded] = [0, 0];
    jasmine.env.configure({
      random: false,
      specFilter: (spec) => {
        const name = spec.getFullName();
        if (name.includes("computation in worker")) return false;
        if (!exclusions.has(name)) return true;
        met.add(name);
        excluded += 1;
        return false;
      }
    });
    jasmine.env.addReporter({
      specDone: ({
        status,
        fullName,
        failedExpectations
      }) => {
        if (status === "passed") passed += 1;
        if (status === "failed") failed.push({ spec: fullName, message: failedExpectations[0]?.message.split("\n")[0] ?? "" });
      }
    });
    try {
      await jasmine.env.execute();
    } finally {
      Object.assign(console, { warn, error, log });
    }
    return { passed, failed, excluded, unknown: [...exclusions.keys()].filter((name) => !met.has(name)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const nothing = () => void 0;
function loadFrom(file, require2) {
  const run = new Function("require", "module", "exports", readFileSync(file, "utf8"));
  const module = { exports: {} };
  run(require2, module, module.exports);
}
export {
  runSpecs
};
