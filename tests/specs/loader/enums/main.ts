enum Direction {
  Up = 1,
  Down,
}
enum Mixed {
  Bits = 1 << 2,
  Text = 'text',
}
enum Merged {
  First = 8,
}
enum Merged {
  Later = 9,
}
console.log(Direction.Up, Direction[1], Mixed.Bits, Mixed.Text, Merged[9], Merged.Later);
