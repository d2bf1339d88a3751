#!/usr/bin/env node
/** Starts the command where Node.js is new enough. Plain JavaScript, which older ones read as well. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  await import('./main.ts');
} else {
  console.error(
    `countersign needs Node.js 22.18 or newer; this is ${process.versions.node}, at ${process.execPath}.`,
  );
  process.exitCode = 1;
}
