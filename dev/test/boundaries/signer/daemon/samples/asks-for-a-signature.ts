// breaks samples-reach-nothing-that-signs
export { inner } from '../../keyholder/index.ts';
