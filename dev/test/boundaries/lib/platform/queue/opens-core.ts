// breaks platform-uses-core-through-its-index
export { canonical } from '../../core/json/canonical.ts';
