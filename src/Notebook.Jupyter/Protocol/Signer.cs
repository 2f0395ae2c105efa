// Messaging spec, "The wire protocol": the HMAC digest that proves a message comes from someone who read the connection file.
using System.Security.Cryptography;
using System.Text;

namespace Notebook.Jupyter.Protocol;

/// <summary>Signs messages and verifies signatures with HMAC-SHA-256. Safe to use from several threads.</summary>
/// <param name="key">The connection file's key; with an empty one nothing is signed and everything accepted.</param>
internal sealed class Signer(string key)
{
    private readonly byte[] key = Encoding.UTF8.GetBytes(key);

    /// <summary>The signature of a message, in lower-case hexadecimal ASCII; empty without a key.</summary>
    /// <param name="parts">header, parent_header, metadata and content as they go over the wire. Buffers are not signed.</param>
    public byte[] Sign(ReadOnlySpan<byte[]> parts)
    {
        if (key.Length == 0)
        {
            return [];
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var part in parts)
        {
            hmac.AppendData(part);
        }

        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hmac.GetHashAndReset()));
    }

    /// <summary>Whether a signature is that of the parts, in a time that does not depend on where they differ.</summary>
    public bool Verify(byte[] signature, ReadOnlySpan<byte[]> parts) =>
        key.Length == 0 || CryptographicOperations.FixedTimeEquals(signature, Sign(parts));
}
