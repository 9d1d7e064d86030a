export function lib() {
  console.log('lib', require.main === module);
}
