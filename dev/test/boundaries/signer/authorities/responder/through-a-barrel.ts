// breaks tokens-only-in-keyholder-and-ceremony
export { inner } from '../../keyholder/index.ts';
