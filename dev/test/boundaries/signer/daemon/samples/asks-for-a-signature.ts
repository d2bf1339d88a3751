// breaks samples-reach-nothing-that-signs
export { holder } from '../../keyholder/index.ts';
