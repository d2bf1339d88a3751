import type { Element, SetBody } from '../generated/index.ts';

/** Whether anything in these contents, at any depth, gets signed, in the file or beside it: the container around it changes then. */
export function signsInside(contents: readonly Element[] = []): boolean {
  return contents.some((element) => signs(element.type === 'set' ? element.each : element));
}

function signs(body: Element | SetBody): boolean {
  return 'sign' in body || 'detached' in body || ('contents' in body && signsInside(body.contents));
}
