/** Links and text of web pages that strangers wrote. Pure. */
export { piecesOf } from './html.ts';
export type { HtmlPiece } from './html.ts';
