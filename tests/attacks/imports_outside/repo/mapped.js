export function fail() {
  throw new Error('mapped');
}
//# sourceMappingURL=../../../../../../../../../../../../../../etc/passwd
