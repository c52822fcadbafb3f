/* Gradient descent on a line, y = w * x + b, on all rows at once.
 *
 * REAL is float or double. Compiled without -ffast-math and with
 * -ffp-contract=off every operation rounds as it is written.
 */
void descend(const REAL *x, const REAL *y, int rows, REAL learning_rate,
             long updates, REAL *kernel, REAL *bias)
{
    const REAL share = (REAL)1 / rows;
    REAL w = *kernel, b = *bias;
    for (long update = 0; update < updates; update++) {
        REAL dw = 0, db = 0;
        for (int row = 0; row < rows; row++) {
            REAL error = w * x[row] + b - y[row];
            REAL slope = share * (2 * error);
            dw += slope * x[row];
            db += slope;
        }
        w -= learning_rate * dw;
        b -= learning_rate * db;
    }
    *kernel = w;
    *bias = b;
}
