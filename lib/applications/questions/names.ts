/** Project names: their form in addresses, and which ones people would confuse. */

/** Name → slug as the policy repository has it; null where nothing of it can be one. */
export function slugOf(name: string): string | null {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64)
    .replaceAll(/-+$/g, '');
  return slug === '' ? null : slug;
}

/** Letters that look alike in many typefaces, and letters of other scripts that look like ours. */
const alike: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  i: 'l',
  j: 'l',
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'l',
  ѕ: 's',
  ο: 'o',
  ν: 'v',
  α: 'a',
  ι: 'l',
};

function skeleton(name: string): string {
  const letters = Array.from(
    name.normalize('NFKD').toLowerCase(),
    (character) => alike[character] ?? character,
  );
  return letters
    .join('')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

const charactersMax = 64;

/** Whether people could confuse two names: visually the same letters, or one typing error apart. */
export function isLookalike(one: string, other: string): boolean {
  const a = skeleton(one.slice(0, charactersMax));
  const b = skeleton(other.slice(0, charactersMax));
  if (a === '' || b === '') return false;
  if (a === b) return true;
  // Short names differ by a letter all the time.
  return Math.min(a.length, b.length) >= 5 && withinOneEdit(a, b);
}

function withinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const [left, right] = [endA - start, endB - start];
  if (left <= 1 && right <= 1) return true;
  // Two neighbours that changed places.
  return left === 2 && right === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}
