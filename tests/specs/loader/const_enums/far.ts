export const enum Far {
  Away = 'far',
}
