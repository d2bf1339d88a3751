/** Links and text of untrusted web pages. Pure. */
export { piecesOf } from './html.ts';
export type { HtmlPiece } from './html.ts';
