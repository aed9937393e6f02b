# Draws a table with a title for each column, over its first column, as SVG: one below the other.
BEGIN {
  FS = ","
  width = 900
  height = 110
  left = 60
}
NR == 1 {
  columns = NF
  for (i = 1; i <= NF; i++) title[i] = $i
  next
}
{
  for (i = 1; i <= NF; i++) {
    value[NR - 2, i] = $i
    if (NR == 2 || $i > most[i]) most[i] = $i
  }
  rows++
}
function x(row) { return left + value[row, 1] / (most[1] > 0 ? most[1] : 1) * (width - left - 20) }
function y(row, column) { return top + height - value[row, column] / (most[column] > 0 ? most[column] : 1) * (height - 20) }
END {
  printf "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>\n", width, (columns - 1) * (height + 10) + 30
  print "<rect width='100%' height='100%' fill='white'/>"
  for (column = 2; column <= columns; column++) {
    top = (column - 2) * (height + 10)
    printf "<text x='%d' y='%d'>%s: at most %s</text>\n", left + 5, top + 14, title[column], most[column]
    printf "<path d='M%d %dV%dH%d' fill='none' stroke='gray'/>\n", left, top + 20, top + height, width - 20
    printf "<text x='%d' y='%d' text-anchor='end'>%s</text><text x='%d' y='%d' text-anchor='end'>0</text>\n", left - 5, top + 24, most[column], left - 5, top + height
    printf "<polyline fill='none' stroke='steelblue' points='"
    for (row = 0; row < rows; row++) printf "%.1f,%.1f ", x(row), y(row, column)
    print "'/>"
  }
  printf "<text x='%d' y='%d' text-anchor='end'>%d %s</text>\n</svg>\n", width - 20, (columns - 1) * (height + 10) + 18, most[1], title[1]
}
