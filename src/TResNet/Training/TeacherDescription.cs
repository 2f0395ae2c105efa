using System.Security.Cryptography;
using System.Text;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>What a teacher is, so that a run does not go on with another one.</summary>
/// <param name="Model">The network's name.</param>
/// <param name="Weights">The first half of the SHA-256 of its weights, as hexadecimal digits.</param>
internal sealed record TeacherDescription(string Model, string Weights)
{
    private const int Digits = 8;

    /// <summary>Describes a network, on whatever device.</summary>
    public static TeacherDescription Of(nn.Module model)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in model.state_dict())
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(TensorMemory.Bytes(tensor.detach().cpu().contiguous()));
        }

        var half = hash.GetHashAndReset().AsSpan(0, SHA256.HashSizeInBytes / 2);
        return new TeacherDescription(model.DisplayName(), Convert.ToHexStringLower(half));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Model} with weights {Weights[..Digits]}";
}
