import type { RepositoryPlace } from '../questions.ts';

const charactersMax = 1_000;
/** Groups within groups, twenty deep at most, and the project. */
const segmentsMax = 21;
const segmentForm = /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,254}$/;

/** `SERVER/GROUP/…/PROJECT`, with or without .git and a final slash; null for anything else. */
export function parseAddress(address: string, server: string): RepositoryPlace | null {
  const text = address.trim();
  if (text.length > charactersMax || !URL.canParse(text)) return null;
  const [url, at] = [new URL(text), new URL(server)];
  if (url.host !== at.host || url.username !== '' || url.password !== '') return null;
  // A GitLab may be below a path of its server.
  const below = at.pathname.replace(/\/?$/, '/');
  if (!url.pathname.startsWith(below) || url.search !== '' || url.hash !== '') return null;
  return placeOf(
    url.pathname
      .slice(below.length)
      .replace(/\/$/, '')
      .replace(/\.git$/, ''),
  );
}

/** The path of a project, as GitLab writes it → its place; null: no project's. */
export function placeOf(path: string): RepositoryPlace | null {
  const segments = path.split('/');
  if (segments.length < 2 || segments.length > segmentsMax) return null;
  if (!segments.every((segment) => segmentForm.test(segment) && !/^\.+$/.test(segment))) return null;
  return { owner: segments.slice(0, -1).join('/'), name: segments.at(-1) ?? '' };
}
