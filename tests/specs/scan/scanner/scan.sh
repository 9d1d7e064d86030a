# Answers by what it is told, and remembers that it was asked.
question=$(cat)
echo asked >> "${0%/*}/asked.txt"
case "$question" in
  *'"identity":"github:acme/x@v1'*'"manifest":{"id":"x"}'*) ;;
  *) echo "unexpected: $question" >&2; exit 1 ;;
esac
echo '{ "findings": [
  { "rule": "licence", "level": "warn", "message": "has no licence" },
  { "level": "fatal", "file": "index.ts", "line": 1, "message": "is known to be bad" } ] }'
