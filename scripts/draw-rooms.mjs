/**
 * The picture that imports draw, as Mermaid: ARCHITECTURE.md and docs/reference/rooms.md hold it between marks. check-boundaries.mjs
 * compares it with the imports of the day, and writes it with --write.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const notDrawn = /[.](?:test|fixture)[.]tsx?$|^lib\/core\/generated\//;
const shared = ['lib/core', 'lib/platform', 'lib/host', 'lib/policy-tools'];

const within = (folder) => (path) => new RegExp(`^${folder}/([^/]+)/`).exec(path)?.[1] ?? null;
const top = (path) => {
  const own = shared.find((room) => path.startsWith(`${room}/`));
  if (own !== undefined) return own;
  return path.startsWith('lib/') ? 'lib/(room)' : (/^(app|signer|cli)\//.exec(path)?.[1] ?? null);
};
const portalRoom = (path) =>
  shared.some((room) => path.startsWith(`${room}/`)) ? null : within('lib')(path);

/** By mark: the file that holds the picture, and which room of it a module is in; null: none. */
const pictures = {
  everything: { file: 'ARCHITECTURE.md', roomOf: top },
  signer: { file: 'ARCHITECTURE.md', roomOf: within('signer') },
  core: { file: 'docs/reference/rooms.md', roomOf: within('lib/core') },
  portal: { file: 'docs/reference/rooms.md', roomOf: portalRoom },
};

/** Modules of dependency-cruiser → what is wrong, a sentence each: rooms in a circle, and pictures that the imports don't draw; writes those where `write`. */
export async function drawRooms(root, modules, write) {
  const texts = new Map();
  const problems = [];
  for (const [name, { file, roomOf }] of Object.entries(pictures)) {
    const text = texts.get(file) ?? (await readFile(join(root, file), 'utf8'));
    const start = `<!-- rooms: ${name} -->`;
    const from = text.indexOf(start);
    const to = text.indexOf('<!-- end -->', from);
    if (from < 0 || to < 0) throw new Error(`${file}: no ${start} … <!-- end -->`);
    const arrows = arrowsOf(modules, roomOf);
    for (const room of arrows.keys())
      if (reaches(arrows, room, room)) problems.push(`${name}: the room ${room} needs itself through others`);
    const drawn = `${start}\n\n\`\`\`mermaid\n${draw(arrows)}\n\`\`\`\n\n`;
    if (!write && text.slice(from, to) !== drawn)
      problems.push(`${file}, ${name}: not what the imports draw. Run: npm run draw:rooms`);
    texts.set(file, text.slice(0, from) + drawn + text.slice(to));
  }
  if (write) for (const [file, text] of texts) await writeFile(join(root, file), text);
  return problems;
}

/** Room → rooms that it imports from. */
function arrowsOf(modules, roomOf) {
  const arrows = new Map();
  for (const { source, dependencies } of modules) {
    const from = notDrawn.test(source) ? null : roomOf(source);
    if (from === null) continue;
    const reached = arrows.get(from) ?? new Set();
    for (const { resolved } of dependencies) {
      const to = notDrawn.test(resolved) ? null : roomOf(resolved);
      if (to !== null && to !== from) reached.add(to);
    }
    arrows.set(from, reached);
  }
  return arrows;
}

/** Whether a way leads from one room to another, besides the arrow `without`. */
function reaches(arrows, from, to, without = [], seen = new Set()) {
  for (const next of arrows.get(from) ?? []) {
    if ((from === without[0] && next === without[1]) || seen.has(next)) continue;
    if (next === to) return true;
    seen.add(next);
    if (reaches(arrows, next, to, without, seen)) return true;
  }
  return false;
}

/** Arrows that follow from others are left out. */
function draw(arrows) {
  const lines = ['graph TD'];
  const id = (room) => room.replaceAll(/[^a-z]/g, '_');
  for (const room of [...arrows.keys()].sort()) lines.push(`  ${id(room)}["${room}"]`);
  for (const [from, reached] of [...arrows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const to of [...reached].sort())
      if (!reaches(arrows, from, to, [from, to])) lines.push(`  ${id(from)} --> ${id(to)}`);
  }
  return lines.join('\n');
}
