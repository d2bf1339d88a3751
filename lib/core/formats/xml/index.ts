/** XML documents: what their root element is. */
export { xmlFormat } from './format.ts';
