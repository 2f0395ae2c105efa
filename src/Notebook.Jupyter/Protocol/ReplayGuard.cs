// Messaging spec, "The wire protocol", leaves replays open; jupyter_client refuses a signature it has seen, and so does this.
using System.Text;

namespace Notebook.Jupyter.Protocol;

/// <summary>Remembers the latest signatures, so that a recorded message cannot be sent again. Safe to use from several threads.</summary>
internal sealed class ReplayGuard
{
    // jupyter_client's digest_history_size.
    private const int Capacity = 1 << 16;

    private readonly HashSet<string> seen = [];
    private readonly Queue<string> order = [];

    /// <summary>Whether a signature was not seen before; an empty one, of unsigned messages, never was.</summary>
    public bool IsNew(byte[] signature)
    {
        if (signature.Length == 0)
        {
            return true;
        }

        var text = Encoding.Latin1.GetString(signature);
        lock (seen)
        {
            if (!seen.Add(text))
            {
                return false;
            }

            order.Enqueue(text);
            if (order.Count > Capacity)
            {
                seen.Remove(order.Dequeue());
            }

            return true;
        }
    }
}
