// Imported first by every script: an older Node would otherwise fail later with a puzzling syntax error.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Hexfleet needs Node 20.19 or later; this is ${process.versions.node} (${process.execPath}).`,
  );
  process.exit(1);
}
