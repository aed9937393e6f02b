// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// assemblyai-test-server as a child process, and the coded talk that it hears.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.TEST_SERVER;
const deadlineMs = 10000;
const wavHeaderBytes = 44;

// Waits until the condition holds. The emitter says "change" whenever it may have come to.
export async function until(emitter, what, condition) {
  const signal = AbortSignal.timeout(deadlineMs);
  while (!condition()) {
    await once(emitter, "change", { signal }).catch(() => assert.fail(`waited for: ${what}`));
  }
}

function temporaryDirectory(t) {
  const directory = mkdtempSync(join(tmpdir(), "assemblyai-vendor-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

// { audio: 16 kHz samples as a Buffer, sentences: what they say, 3500 ms each }
export function codedTalk(t) {
  const file = join(temporaryDirectory(t), "talk.wav");
  const { status, stdout } = spawnSync(program, ["--write-talk", file], { encoding: "utf8" });
  assert.equal(status, 0);
  const audio = readFileSync(file).subarray(wavHeaderBytes);
  return { audio, sentences: stdout.trim().split("\n") };
}

export class LocalServer extends EventEmitter {
  log = ""; // standard error
  #directory;
  #child;

  static async start(t, apiKey) {
    const server = new LocalServer();
    server.#directory = temporaryDirectory(t);
    const record = ["--record", server.#directory];
    const options = ["--tls", "--engine", "coded", "--api-key", apiKey, "--verbose", ...record];
    const child = spawn(program, options, { stdio: ["ignore", "pipe", "pipe"] });
    server.#child = child;
    t.after(() => child.kill("SIGKILL"));
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      server.emit("change");
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      server.log += text;
      server.emit("change");
    });
    await until(server, "the server's address", () => output.endsWith("\n"));
    server.endpoint = output.trim().split(" ").at(-1);
    server.httpBase = new URL(server.endpoint.replace(/^wss/, "https")).origin;
    return server;
  }

  // The server's own view of its sessions, once it has seen the end of all `count`.
  async stop(count) {
    const ended = () => this.log.match(/^session \d+: closed/gm)?.length === count;
    await until(this, `the end of ${count} sessions`, ended);
    const exit = once(this.#child, "close");
    this.#child.kill("SIGTERM");
    assert.deepEqual(await exit, [0, null], this.log);
    const files = readdirSync(this.#directory);
    assert.equal(files.length, 2 * count);
    return Array.from({ length: count }, (_, index) => this.#recorded(index));
  }

  #recorded(index) {
    const base = join(this.#directory, `session-${index}`);
    const session = JSON.parse(readFileSync(`${base}.json`, "utf8"));
    session.sent = session.sent.map(JSON.parse);
    session.received = session.received.map(JSON.parse);
    session.audio = readFileSync(`${base}.wav`).subarray(wavHeaderBytes);
    return session;
  }
}
