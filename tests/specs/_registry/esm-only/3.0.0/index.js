export const kind = 'esm';
export default 'esm-default';
