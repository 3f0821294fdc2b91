// aws-jwt-verify as a worker: tokens from a file, keys in memory, one line of input per round.
"use strict";

const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { CognitoJwtVerifier } = require("aws-jwt-verify");

const { userPoolId, clientId, keySet, tokens } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const isDistinct = process.argv[3] === "distinct";
const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: "access" });
verifier.cacheJwks(keySet);

let next = 0;

function verifyOne() {
  const token = tokens[isDistinct ? next++ % tokens.length : 0];
  const started = process.hrtime.bigint();
  verifier.verifySync(token);
  return Number(process.hrtime.bigint() - started);
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const taken = Array.from({ length: Number(line) }, verifyOne);
  process.stdout.write(`${JSON.stringify(taken)}\n`);
});
