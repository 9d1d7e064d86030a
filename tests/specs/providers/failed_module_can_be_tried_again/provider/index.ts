export default { id: 'broken' ;
