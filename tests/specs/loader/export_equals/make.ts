function make(): string {
  return 'made';
}
export = make;
