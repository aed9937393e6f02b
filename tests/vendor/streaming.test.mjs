// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The vendor's own client streams to the local server: what works with the
// service must work here, and both must have seen the same.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";

import { AssemblyAI } from "assemblyai";

import { codedTalk, LocalServer, until } from "./local-server.mjs";

const apiKey = "the-right-key";
const terminate = { type: "Terminate" };
const sentenceMs = 3500;
const bytesPerMs = 32;
const messageBytes = 100 * bytesPerMs;
const part = (audio, fromMs, toMs) => audio.subarray(fromMs * bytesPerMs, toMs * bytesPerMs);

// A session of the client, with all that it tells its user.
class Session extends EventEmitter {
  turns = [];
  events = []; // names, in order
  errors = [];
  #transcriber;
  #closed;

  constructor(transcriber) {
    super();
    this.#transcriber = transcriber;
    const listen = (name, take) =>
      transcriber.on(name, (...values) => {
        this.events.push(name);
        take(...values);
        this.emit("change");
      });
    listen("open", () => {});
    listen("turn", (turn) => this.turns.push(turn));
    listen("speechStarted", () => {});
    listen("silence", () => {});
    listen("error", (error) => this.errors.push(error));
    listen("close", (code) => (this.#closed = code));
  }

  get finals() {
    return this.turns.filter((turn) => turn.end_of_turn).map((turn) => turn.transcript);
  }

  get partials() {
    return this.turns.filter((turn) => !turn.end_of_turn).map((turn) => turn.transcript);
  }

  async begin() {
    const begin = await this.#transcriber.connect();
    assert.match(begin.id, /^[0-9a-f-]{36}$/);
    return begin;
  }

  // Faster than real time, in messages of 100 ms.
  send(audio) {
    for (let at = 0; at < audio.length; at += messageBytes) {
      this.#transcriber.sendAudio(audio.subarray(at, at + messageBytes));
    }
  }

  heard(count) {
    return until(this, `${count} final turns`, () => this.finals.length >= count);
  }

  // The client swallows Termination and the code of a close that it began: they are taken from
  // the socket below it, which is private.
  async close() {
    const { socket } = this.#transcriber;
    let termination;
    socket.on("message", (data) => {
      const message = JSON.parse(data);
      if (message.type === "Termination") termination = message;
    });
    await this.#transcriber.close();
    const open = socket.readyState !== socket.CLOSED;
    const code = open ? (await once(socket, "close"))[0] : this.#closed;
    assert.equal(code, 1000);
    assert.deepEqual(this.errors, []);
    return termination;
  }
}

// No retry hides what the first attempt met; and a busy machine may need more than a second.
const patient = { connectTimeout: 10000, maxConnectionRetries: 0, sampleRate: 16000 };

function client(server, key = apiKey) {
  return new AssemblyAI({ apiKey: key, streamingBaseUrl: server.httpBase });
}

function newTranscriber(server, params, key) {
  return client(server, key).streaming.transcriber({
    ...patient,
    websocketBaseUrl: server.endpoint,
    speechModel: "u3-rt-pro",
    ...params,
  });
}

// The server's view of a session that went well.
function assertGood(seen, audio, messages) {
  assert.deepEqual(seen.received, messages);
  assert.ok(seen.audio.equals(audio), "the server got other audio than was sent");
  assert.equal(seen.audio_bytes, audio.length);
  assert.equal(seen.terminated, true);
  assert.equal(seen.audio_after_terminate, false);
  assert.equal(seen.error_code, 0);
  assert.equal(seen.close_code_sent, 1000);
  assert.equal(seen.sent.at(-1).type, "Termination");
}

// The partial turns have one word more each time; the final turn comes last.
function assertTurn(turns, order, sentence) {
  const words = sentence.split(" ");
  const growing = words.map((_, index) => words.slice(0, index + 1).join(" "));
  assert.deepEqual(turns.map((turn) => turn.transcript), [...growing, sentence]);
  const final = turns.at(-1);
  assertTypes(final, {
    turn_order: "number",
    turn_is_formatted: "boolean",
    end_of_turn: "boolean",
    transcript: "string",
    end_of_turn_confidence: "number",
  });
  const types = { start: "number", end: "number", confidence: "number", word_is_final: "boolean" };
  final.words.forEach((word) => assertTypes(word, types));
  assert.equal(final.words.map((word) => word.text).join(" "), sentence);
  assert.equal(final.words[0].start, order * sentenceMs + 200);
}

// As the client declares them.
function assertTypes(message, types) {
  for (const [name, type] of Object.entries(types)) {
    assert.equal(typeof message[name], type, `${name} of ${JSON.stringify(message)}`);
  }
}

test("a session from Begin to Termination", async (t) => {
  const { audio, sentences } = codedTalk(t);
  const server = await LocalServer.start(t, apiKey);
  const keytermsPrompt = ["Keanu Reeves", "Zürich & Genève", "50 %, a+b"];
  const session = new Session(newTranscriber(server, { keytermsPrompt }));
  const begin = await session.begin();
  assert.equal(begin.configuration.model, "u3-rt-pro");
  assert.equal(begin.configuration.mode, "balanced");
  assert.ok(Math.abs(begin.expires_at - Date.now() / 1000 - 10800) < 60);
  session.send(part(audio, 0, 5 * sentenceMs));
  await session.heard(5);
  session.send(part(audio, 5 * sentenceMs, 10 * sentenceMs));
  const termination = await session.close();

  assert.deepEqual(session.finals, sentences);
  const perTurn = ["speechStarted", ...Array(9).fill("turn")];
  const events = session.events.filter((name) => name !== "close");
  assert.deepEqual(events, ["open", ...Array(10).fill(perTurn).flat()]);
  sentences.forEach((sentence, order) => {
    assertTurn(session.turns.filter((turn) => turn.turn_order === order), order, sentence);
  });
  assert.equal(termination.audio_duration_seconds, 35);
  assert.ok(Number.isInteger(termination.session_duration_seconds));

  const [seen] = await server.stop(1);
  assertGood(seen, audio, [terminate]);
  assert.equal(seen.id, begin.id);
  assert.equal(seen.query.sample_rate, "16000");
  assert.deepEqual(JSON.parse(seen.query.keyterms_prompt), keytermsPrompt);
  assert.ok(!server.log.includes(apiKey));
});

test("updates arrive once each, in order, and change the session", async (t) => {
  const { audio, sentences } = codedTalk(t);
  const server = await LocalServer.start(t, apiKey);
  const transcriber = newTranscriber(server, { speechModel: "universal-streaming-english" });
  const session = new Session(transcriber);
  await session.begin();
  session.send(part(audio, 0, sentenceMs));
  await session.heard(1);
  transcriber.updateConfiguration({ keyterms_prompt: ["GStreamer"], format_turns: true });
  session.send(part(audio, sentenceMs, 2 * sentenceMs));
  await session.heard(3);
  transcriber.updateConfiguration({ keyterms_prompt: [], max_turn_silence: 1000 });
  transcriber.keepAlive();
  await session.close();

  const raw = (text) => text.toLowerCase().replace(".", "");
  assert.deepEqual(session.finals, [raw(sentences[0]), raw(sentences[1]), sentences[1], ""]);
  assert.ok(!session.events.includes("speechStarted"));
  const [seen] = await server.stop(1);
  assertGood(seen, part(audio, 0, 2 * sentenceMs), [
    { type: "UpdateConfiguration", keyterms_prompt: ["GStreamer"], format_turns: true },
    { type: "UpdateConfiguration", keyterms_prompt: [], max_turn_silence: 1000 },
    { type: "KeepAlive" },
    terminate,
  ]);
});

test("forceEndpoint ends the turn at once", async (t) => {
  const { audio, sentences } = codedTalk(t);
  const server = await LocalServer.start(t, apiKey);
  const transcriber = newTranscriber(server);
  const session = new Session(transcriber);
  await session.begin();
  const middle = 1250; // after three words
  session.send(part(audio, 0, middle));
  await until(session, "three partial turns", () => session.partials.length === 3);
  assert.deepEqual(session.finals, []);
  transcriber.forceEndpoint();
  await session.heard(1); // no further audio has been sent
  session.send(part(audio, middle, sentenceMs));
  await session.heard(2);
  await session.close();

  const words = sentences[0].split(" ");
  assert.equal(session.finals[1], words.slice(3).join(" "));
  assert.equal(session.finals[0].replace(".", ""), words.slice(0, 3).join(" "));
  assert.deepEqual(session.turns.map((turn) => turn.turn_order), [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  const [seen] = await server.stop(1);
  assertGood(seen, part(audio, 0, sentenceMs), [{ type: "ForceEndpoint" }, terminate]);
});

test("silence is acknowledged", async (t) => {
  const server = await LocalServer.start(t, apiKey);
  const session = new Session(newTranscriber(server, { acknowledgeSilence: true }));
  await session.begin();
  const audio = Buffer.alloc(3000 * bytesPerMs);
  session.send(audio);
  await session.close();
  assert.equal(session.events.filter((name) => name === "silence").length, 3);
  const [seen] = await server.stop(1);
  assertGood(seen, audio, [terminate]);
});

test("a temporary token opens a session", async (t) => {
  const { audio, sentences } = codedTalk(t);
  const server = await LocalServer.start(t, apiKey);
  const token = await client(server).streaming.createTemporaryToken({
    expires_in_seconds: 60,
    max_session_duration_seconds: 600,
  });
  const session = new Session(newTranscriber(server, { token }));
  const begin = await session.begin();
  assert.ok(Math.abs(begin.expires_at - Date.now() / 1000 - 600) < 60);
  const sentence = part(audio, 0, sentenceMs);
  session.send(sentence);
  await session.close();
  assert.deepEqual(session.finals, [sentences[0]]);
  const [seen] = await server.stop(1);
  assertGood(seen, sentence, [terminate]);
  assert.ok("token" in seen.query);
  assert.ok(!("authorization" in seen.headers));
  assert.ok(!server.log.includes(token));
});

test("a wrong key is refused", async (t) => {
  const server = await LocalServer.start(t, apiKey);
  const session = new Session(newTranscriber(server, {}, "another-key"));
  await assert.rejects(session.begin(), {
    code: 1008,
    message: "Unauthorized Connection: Invalid API key",
  });
  const { streaming } = client(server, "another-key");
  await assert.rejects(streaming.createTemporaryToken({ expires_in_seconds: 60 }), {
    message: "Unauthorized: Invalid API key",
  });
  const [seen] = await server.stop(1);
  assert.equal(seen.error_code, 1008);
  assert.equal(seen.close_code_sent, 1008);
  assert.ok(!server.log.includes("another-key"));
});
