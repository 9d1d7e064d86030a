const h = (tag) => tag;
/** @jsx h */
console.log(<jsx />);
