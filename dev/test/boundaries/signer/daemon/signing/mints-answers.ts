// breaks answer-grants-minted-in-one-file
export { grant } from '../../keyholder/grant/answer.ts';
