// breaks grants-sealed-by-their-mints
export { seal } from '../../keyholder/grant/sealed.ts';
