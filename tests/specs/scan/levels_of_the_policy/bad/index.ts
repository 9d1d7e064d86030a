export default eval(atob(globalThis.code));
