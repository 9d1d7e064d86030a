import pad from 'left-pda';
export default pad;
